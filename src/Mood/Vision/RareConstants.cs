using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Constants of libtorch that its softmax names in every step and needs in none.</summary>
/// <remarks>
/// With AVX-512 the exponential ends with a load of infinity under a mask, for arguments of which e^x overflows: a softmax has none, so that
/// the mask is always empty. Where the system has taken the page of that constant away, as it does with pages of files that seem idle, such
/// a load faults, and the processor suppresses the fault, in hundreds of cycles, each time: nothing is loaded, so that nothing ever brings
/// the page back. A softmax then takes ten times as long, until something else needs a constant beside it. An exponential that does
/// overflow needs that very constant, and the page is there again.
/// Source: Intel's manual, volume 2, "Exception Classifications of EVEX-Encoded Instructions" (memory fault suppression); measured in docs/performance.md.
/// Thread-safety: any thread.
/// </remarks>
internal static class RareConstants
{
    private const int SeveralVectors = 64;      // values: whole vectors of bfloat16, on any processor

    private static readonly Tensor OverflowsAndUnderflows = Rare();

    /// <summary>Has the constants loaded, in a few microseconds. To be called before each pass: the system sees by it that they are in use.</summary>
    public static void Load() => OverflowsAndUnderflows.exp().Dispose();

    private static Tensor Rare()
    {
        using var scope = NewDisposeScope();
        float[] values = [.. Enumerable.Range(0, SeveralVectors).Select(i => i % 2 == 0 ? 200f : -200f)];
        return tensor(values).to(ScalarType.BFloat16).DetachFromDisposeScope();     // of float32, MKL takes the exponentials
    }
}
