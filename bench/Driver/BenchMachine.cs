using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MoodStream.Bench.Driver;

/// <summary>What a figure was measured on.</summary>
/// <param name="Processor">Name of the processor.</param>
/// <param name="Cores">Cores this process may use.</param>
/// <param name="Threads">Threads that libtorch uses within an operation.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">.NET.</param>
/// <param name="Libtorch">libtorch.</param>
internal sealed record BenchMachine(string Processor, int Cores, int Threads, string System, string Runtime, string Libtorch)
{
    private const string ProcessorList = "/proc/cpuinfo";

    /// <summary>This machine.</summary>
    public static BenchMachine Here() => new(
        ProcessorName(), Environment.ProcessorCount, get_num_threads(), RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription, __version__);

    private static string ProcessorName()
    {
        if (!File.Exists(ProcessorList)) return RuntimeInformation.ProcessArchitecture.ToString();
        var line = File.ReadLines(ProcessorList).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
