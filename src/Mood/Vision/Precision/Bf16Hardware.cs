using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace MoodStream.Mood.Vision.Precision;

/// <summary>Whether the device multiplies bfloat16 faster than float32.</summary>
internal static class Bf16Hardware
{
    private const int Features = 7;
    private const int Avx512Bf16 = 1 << 5;          // leaf 7, subleaf 1, EAX
    private const int AmxBf16 = 1 << 22;            // leaf 7, subleaf 0, EDX

    /// <summary>Looks at the processor; a GPU that libtorch drives always does.</summary>
    /// <remarks>
    /// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, CPUID. AMD uses the same bits.
    /// </remarks>
    public static bool Has(torch.Device device) => device.type == DeviceType.CUDA || OnProcessor;

    private static bool OnProcessor { get; } = Avx512F.IsSupported && (
        (X86Base.CpuId(Features, 1).Eax & Avx512Bf16) != 0 || (X86Base.CpuId(Features, 0).Edx & AmxBf16) != 0);
}
