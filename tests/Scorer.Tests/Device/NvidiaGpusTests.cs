using System.Runtime.InteropServices;
using System.Text;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Telemetry;
using Prometheus;

namespace MoodStream.ScorerTests.Device;

/// <summary>GPUs as an NVML in place of the driver's tells them.</summary>
public sealed class NvidiaGpusTests
{
    private readonly List<Delegate> _functions = [];       // they must outlive the pointers to them

    [Fact]
    public void Read_TwoGpusOfWhichOneIsSilent_TellsTheOther()
    {
        var gpu = Assert.Single(new NvidiaGpus(Export).Read());

        Assert.Equal(new GpuState("1", 5UL << 30, 80UL << 30, 0.42), gpu);
    }

    [Fact]
    public void Find_DriverRefuses_SaysWhichCallDid() =>
        Assert.Equal("nvmlInit_v2 of NVML returned 9.", Assert.Throws<InvalidOperationException>(() => new NvidiaGpus(_ => Pointer<NvidiaGpus.Initialise>(() => 9))).Message);

    [Fact]
    public async Task Watch_EachScrape_ShowsTheGpusAsTheyStand()
    {
        var registry = Metrics.NewCustomRegistry();
        new ScorerMetrics(registry).Watch(new NvidiaGpus(Export).Read);

        using var scraped = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(scraped, TestContext.Current.CancellationToken);
        var text = Encoding.UTF8.GetString(scraped.ToArray());
        Assert.Contains("moodstream_scorer_device_memory_bytes{device=\"1\",kind=\"used\"} 5368709120", text, StringComparison.Ordinal);
        Assert.Contains("moodstream_scorer_device_memory_bytes{device=\"1\",kind=\"total\"} 85899345920", text, StringComparison.Ordinal);
        Assert.Contains("moodstream_scorer_device_utilisation_ratio{device=\"1\"} 0.42", text, StringComparison.Ordinal);
    }

    private nint Export(string name) => name switch
    {
        "nvmlInit_v2" => Pointer<NvidiaGpus.Initialise>(() => 0),
        "nvmlDeviceGetCount_v2" => Pointer<NvidiaGpus.GetCount>((out uint count) =>
        {
            count = 2;
            return 0;
        }),
        "nvmlDeviceGetHandleByIndex_v2" => Pointer<NvidiaGpus.GetHandle>((uint index, out nint handle) =>
        {
            handle = (nint)index + 100;
            return index == 1 ? 0 : 15;                     // NVML_ERROR_GPU_IS_LOST
        }),
        "nvmlDeviceGetMemoryInfo" => Pointer<NvidiaGpus.GetMemory>((nint handle, out NvidiaGpus.Memory memory) =>
        {
            memory = new() { Total = 80UL << 30, Free = 75UL << 30, Used = 5UL << 30 };
            return handle == 101 ? 0 : 2;
        }),
        "nvmlDeviceGetUtilizationRates" => Pointer<NvidiaGpus.GetUtilization>((nint _, out NvidiaGpus.Utilization utilization) =>
        {
            utilization = new() { Gpu = 42, Memory = 7 };
            return 0;
        }),
        _ => throw new EntryPointNotFoundException(name),
    };

    private nint Pointer<T>(T function) where T : Delegate
    {
        _functions.Add(function);
        return Marshal.GetFunctionPointerForDelegate(function);
    }
}
