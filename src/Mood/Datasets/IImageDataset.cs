using System.Security.Cryptography;
using System.Text;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>Images by number, in an order that does not change between runs.</summary>
/// <remarks>Thread-safety: reading from several threads is safe.</remarks>
public interface IImageDataset
{
    /// <summary>How the data set was named, for reports.</summary>
    string Name { get; }

    /// <summary>Number of images N.</summary>
    int Count { get; }

    /// <summary>Names of the classes, in the order of their numbers; empty where there are no labels.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Class of an image, 0..K−1; null where there are no labels.</summary>
    int? LabelOf(int index);

    /// <summary>What identifies an image to people: a path, or a number.</summary>
    string IdOf(int index);

    /// <summary>Reads and decodes one image. A bad image is an expected failure, not an exception.</summary>
    /// <param name="index">Number of the image.</param>
    /// <param name="shrinkTo">To what size it is resized next, where a JPEG may be shrunk while it is decoded
    /// (<see cref="DecodeSettings.ShrinkTo"/>); null: decoded whole.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    Decoded Read(int index, ResizeRule? shrinkTo = null);

    /// <summary>The encoded bytes of one image, as a camera would send them: the file itself, or a lossless PNG.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    byte[] ReadEncoded(int index);

    /// <summary>Adds all that makes up the images, their order and their labels to a hash; where they lie plays no
    /// part.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    void AppendContent(IncrementalHash hash)
    {
        for (var i = 0; i < Count; i++)
        {
            var image = ReadEncoded(i);
            hash.AppendData(Encoding.UTF8.GetBytes($"{LabelOf(i)} {image.Length}\n"));
            hash.AppendData(image);
        }
    }
}

/// <summary>Names data sets by what they hold.</summary>
public static class DatasetHash
{
    /// <summary>Hash of all images, their order and their labels, 16 hexadecimal digits. Cost: reads every byte.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string Of(IImageDataset dataset)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{dataset.Count} {string.Join('\n', dataset.ClassNames)}\n"));
        dataset.AppendContent(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}

/// <summary>A data set cannot be opened: what, where, and what would be right.</summary>
public sealed class DatasetException(string message) : Exception(message);
