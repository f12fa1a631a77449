using System.Globalization;
using System.Runtime.InteropServices;

namespace MoodStream.Scorer.Device;

/// <summary>What the NVIDIA driver says of the GPUs that this process may see: their memory, and how busy they are.</summary>
/// <remarks>Source: NVML API reference, nvmlInit_v2, nvmlDeviceGetMemoryInfo, nvmlDeviceGetUtilizationRates. Thread-safety: NVML's own; any thread.</remarks>
internal sealed class NvidiaGpus
{
    private const string Library = "libnvidia-ml.so.1";
    private readonly GetHandle _getHandle;
    private readonly GetMemory _getMemory;
    private readonly GetUtilization _getUtilization;
    private readonly uint _count;

    /// <summary>Opens NVML.</summary>
    /// <param name="export">Address of a function of NVML.</param>
    /// <exception cref="InvalidOperationException">The driver refuses.</exception>
    internal NvidiaGpus(Func<string, nint> export)
    {
        Check(Function<Initialise>("nvmlInit_v2")(), "nvmlInit_v2");
        Check(Function<GetCount>("nvmlDeviceGetCount_v2")(out _count), "nvmlDeviceGetCount_v2");
        _getHandle = Function<GetHandle>("nvmlDeviceGetHandleByIndex_v2");
        _getMemory = Function<GetMemory>("nvmlDeviceGetMemoryInfo");
        _getUtilization = Function<GetUtilization>("nvmlDeviceGetUtilizationRates");

        T Function<T>(string name) where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(export(name));
    }

    internal delegate int Initialise();

    internal delegate int GetCount(out uint count);

    internal delegate int GetHandle(uint index, out nint handle);

    internal delegate int GetMemory(nint handle, out Memory memory);

    internal delegate int GetUtilization(nint handle, out Utilization utilization);

    /// <summary>The GPUs of this machine; null where it has no NVIDIA driver, or one that refuses.</summary>
    public static NvidiaGpus? Find()
    {
        if (!NativeLibrary.TryLoad(Library, out var library)) return null;
        try
        {
            return new(name => NativeLibrary.GetExport(library, name));
        }
        catch (Exception e) when (e is InvalidOperationException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>How each GPU stands now, by its index; one that does not answer is left out.</summary>
    public IEnumerable<GpuState> Read()
    {
        for (uint index = 0; index < _count; index++)
            if (_getHandle(index, out var handle) == 0 && _getMemory(handle, out var memory) == 0 && _getUtilization(handle, out var busy) == 0)
                yield return new(index.ToString(CultureInfo.InvariantCulture), memory.Used, memory.Total, busy.Gpu / 100.0);
    }

    private static void Check(int code, string call)
    {
        if (code != 0) throw new InvalidOperationException($"{call} of NVML returned {code}.");
    }

    /// <summary>nvmlMemory_t, bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Memory
    {
        /// <summary>All, free, and in use by whatever process.</summary>
        public ulong Total, Free, Used;
    }

    /// <summary>nvmlUtilization_t, percent of the last sample period.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Utilization
    {
        /// <summary>Share of time in which a kernel ran, and in which memory was read or written.</summary>
        public uint Gpu, Memory;
    }
}

/// <summary>How a GPU stands.</summary>
/// <param name="Device">Its index.</param>
/// <param name="UsedBytes">Memory in use, by whatever process.</param>
/// <param name="TotalBytes">Memory it has.</param>
/// <param name="Utilisation">Share of time in which it computed, of the driver's last sample period, in [0, 1].</param>
internal readonly record struct GpuState(string Device, ulong UsedBytes, ulong TotalBytes, double Utilisation);
