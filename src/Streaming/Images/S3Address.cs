using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MoodStream.Streaming.Images;

/// <summary>An object in S3, or a prefix of some: <c>s3://bucket/key</c>.</summary>
/// <param name="Bucket">Bucket.</param>
/// <param name="Key">Key; empty for the whole bucket.</param>
public readonly record struct S3Address(string Bucket, string Key)
{
    /// <summary>What every address begins with.</summary>
    public const string Scheme = "s3://";

    private const int LongestKey = 1024;

    /// <summary>Reads an address; a key with control characters, or one that is too long for S3, is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out S3Address address)
    {
        address = default;
        if (text is null || !text.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        var parts = text[Scheme.Length..].Split('/', 2);
        var (bucket, key) = (parts[0], parts.Length == 2 ? parts[1] : string.Empty);
        if (bucket.Length == 0 || key.Any(char.IsControl) || Encoding.UTF8.GetByteCount(key) > LongestKey) return false;
        address = new(bucket, key);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{Bucket}/{Key}";
}
