using System.Buffers;

namespace MoodStream.Mood.Imaging;

/// <summary>One axis of a resize, and which of its output pixels are wanted.</summary>
/// <param name="InputSize">Pixels of the input.</param>
/// <param name="From">Start of the part of the input that is mapped to the output; pixels, may be fractional.</param>
/// <param name="To">Its end.</param>
/// <param name="OutputSize">Pixels of the whole output; may be far more than memory holds.</param>
/// <param name="WindowStart">First output pixel that is wanted.</param>
/// <param name="WindowSize">How many are wanted.</param>
internal readonly record struct ResampleAxis(
    int InputSize, float From, float To, long OutputSize, long WindowStart, int WindowSize)
{
    /// <summary>Whether the output differs from the input at all.</summary>
    public bool Changes => OutputSize != InputSize || From != 0 || To != OutputSize;
}

/// <summary>For each output pixel of one axis: which input pixels it is made of, and with which fixed-point weights.</summary>
/// <remarks>
/// Weights have <see cref="PrecisionBits"/> fractional bits and sum to about 1. Rented from a pool: dispose it.
/// Source: Pillow's documented behaviour for 8-bit images (kernel widened by the scale, weights normalised to sum 1 and then
/// rounded half away from zero to 22 bits); R. Keys 1981, "Cubic convolution interpolation for digital image
/// processing" (bicubic); C. Lanczos' windowed sinc. Differs: nothing, to the bit.
/// </remarks>
internal sealed class ResampleTaps : IDisposable
{
    /// <summary>Fractional bits of a weight: 32 bits less 8 of the pixel, less 2 of head-room for negative lobes.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    private readonly int[] _first;
    private readonly int[] _count;
    private readonly int[] _weights;

    /// <summary>Computes the taps of one axis, for a window of its output pixels.</summary>
    public ResampleTaps(ResampleAxis axis, ResampleFilter filter)
    {
        var scale = (double)(axis.To - axis.From) / axis.OutputSize;
        var stretch = Math.Max(scale, 1.0);
        var support = Support(filter) * stretch;
        Stride = (int)Math.Ceiling(support) * 2 + 1;
        Length = axis.WindowSize;
        _first = ArrayPool<int>.Shared.Rent(Length);
        _count = ArrayPool<int>.Shared.Rent(Length);
        _weights = ArrayPool<int>.Shared.Rent(Length * Stride);

        var exact = ArrayPool<double>.Shared.Rent(Stride);
        for (var i = 0; i < Length; i++)
        {
            var centre = axis.From + (axis.WindowStart + i + 0.5) * scale;
            var first = Math.Max((int)(centre - support + 0.5), 0);
            var count = Math.Min((int)(centre + support + 0.5), axis.InputSize) - first;
            (_first[i], _count[i]) = (first, count);
            for (var tap = 0; tap < count; tap++)
                exact[tap] = Kernel(filter, (tap + first - centre + 0.5) * (1.0 / stretch));
            Quantise(exact.AsSpan(0, count), _weights.AsSpan(i * Stride, count));
        }

        ArrayPool<double>.Shared.Return(exact);
        FirstInput = _first[0];
        LastInput = _first[Length - 1] + _count[Length - 1];
    }

    /// <summary>Output pixels.</summary>
    public int Length { get; }

    /// <summary>Distance between the weights of neighbouring output pixels.</summary>
    public int Stride { get; }

    /// <summary>First input pixel that any output pixel needs.</summary>
    public int FirstInput { get; }

    /// <summary>One past the last input pixel that any output pixel needs.</summary>
    public int LastInput { get; }

    /// <summary>First input pixel of an output pixel.</summary>
    public int First(int output) => _first[output];

    /// <summary>Weights of an output pixel, one for each input pixel from <see cref="First"/> on.</summary>
    public ReadOnlySpan<int> Weights(int output) => _weights.AsSpan(output * Stride, _count[output]);

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_first);
        ArrayPool<int>.Shared.Return(_count);
        ArrayPool<int>.Shared.Return(_weights);
    }

    private static void Quantise(ReadOnlySpan<double> exact, Span<int> weights)
    {
        var sum = 0.0;
        foreach (var weight in exact) sum += weight;
        for (var tap = 0; tap < exact.Length; tap++)
        {
            var normalised = sum == 0 ? exact[tap] : exact[tap] / sum;
            weights[tap] = (int)(normalised * (1 << PrecisionBits) + (normalised < 0 ? -0.5 : 0.5));
        }
    }

    private static double Support(ResampleFilter filter) => filter switch
    {
        ResampleFilter.Bilinear => 1.0,
        ResampleFilter.Bicubic => 2.0,
        ResampleFilter.Lanczos => 3.0,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Not a filter."),
    };

    private static double Kernel(ResampleFilter filter, double x) => filter switch
    {
        ResampleFilter.Bilinear => Math.Max(1.0 - Math.Abs(x), 0.0),
        ResampleFilter.Bicubic => Cubic(Math.Abs(x)),
        _ => x is >= -3.0 and < 3.0 ? Sinc(x) * Sinc(x / 3.0) : 0.0,
    };

    private static double Cubic(double x)
    {
        const double a = -0.5;
        if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
        return x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * a : 0.0;
    }

    private static double Sinc(double x) => x == 0.0 ? 1.0 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
