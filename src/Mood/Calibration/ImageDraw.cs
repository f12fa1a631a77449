using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MoodStream.Mood.Calibration;

/// <summary>
/// A uniform draw that belongs to an image: the same image and seed give the same draw, on every machine, so that a
/// record read again changes no p-value. Smoothed p-values are made with it.
/// </summary>
public static class ImageDraw
{
    /// <summary>Bits that a double in [½, 1) tells apart.</summary>
    private const int Bits = 53;

    /// <summary>The draw of an image.</summary>
    /// <param name="imageId">The image's id.</param>
    /// <param name="seed">Another seed gives independent draws; nobody who sends images should know it.</param>
    /// <returns>Strictly between 0 and 1.</returns>
    /// <remarks>SHA-256 of the seed and the id: ids that differ by one letter have unrelated draws.</remarks>
    public static double Of(string imageId, ulong seed)
    {
        var text = new byte[sizeof(ulong) + Encoding.UTF8.GetByteCount(imageId)];
        BinaryPrimitives.WriteUInt64LittleEndian(text, seed);
        Encoding.UTF8.GetBytes(imageId, text.AsSpan(sizeof(ulong)));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return ((BinaryPrimitives.ReadUInt64LittleEndian(hash) >> (64 - Bits)) + 0.5) / (1L << Bits);
    }

    /// <summary>
    /// The smoothed p-value that belongs to a conformal one, p − (1 − u) / (n + 1): exact where no calibration score
    /// equals the image's.
    /// </summary>
    /// <param name="pValue">Conformal p-value p, in (0, 1].</param>
    /// <param name="calibrationSize">Calibration scores n behind it, at least 1.</param>
    /// <param name="uniform">The image's draw u, in (0, 1).</param>
    /// <returns>In (0, 1); uniform under no change.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Smoothed(double pValue, int calibrationSize, double uniform)
    {
        if (!(pValue is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(pValue), pValue, "Outside (0, 1].");
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationSize, 1);
        Probability.RequireInside(uniform, nameof(uniform));
        var smoothed = pValue - (1 - uniform) / (calibrationSize + 1.0);
        return smoothed > 0
            ? smoothed
            : throw new ArgumentOutOfRangeException(nameof(pValue), pValue, $"Below 1 / {calibrationSize + 1}, the smallest of {calibrationSize} scores.");
    }
}
