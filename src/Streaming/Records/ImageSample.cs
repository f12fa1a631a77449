using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MoodStream.Streaming.Records;

/// <summary>Draws a share of all images by their ids: the same ids every time and everywhere, independently for each purpose.</summary>
public static class ImageSample
{
    /// <summary>Purpose: accepted images that reviewers look at too.</summary>
    public const string Audit = "audit";

    /// <summary>Whether an image is drawn.</summary>
    /// <param name="purpose">What it is drawn for. Draws for different purposes are independent of each other.</param>
    /// <param name="imageId">Image id.</param>
    /// <param name="share">Share of images that are drawn, in [0, 1].</param>
    public static bool Draws(string purpose, string imageId, double share)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}\n{imageId}"));
        // 53 bits make a double in [0, 1) without rounding, so that a share of 1 draws all and 0 none.
        var place = (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * Math.ScaleB(1, -53);
        return place < share;
    }
}
