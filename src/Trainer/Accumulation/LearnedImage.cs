using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using MoodStream.Mood.Calibration;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Accumulation;

/// <summary>What an image is used for. Stored: a number means the same for good.</summary>
internal enum ImageUse : byte
{
    /// <summary>It is in the moments.</summary>
    Fit = 1,

    /// <summary>It calibrates the threshold.</summary>
    Calibration = 2,

    /// <summary>Only the guards see it.</summary>
    Fresh = 3,

    /// <summary>A person confirmed it as OOD: the guards ask whether it is still told apart.</summary>
    Ood = 4,

    /// <summary>Nothing is learned from it; that people decided so is remembered.</summary>
    None = 5,

    /// <summary>The gate held it back. What it is, people say; until they do it is missing from the calibration.</summary>
    HeldBack = 6,
}

/// <summary>An image that teaches a gate.</summary>
internal sealed record LearnedImage
{
    private const byte Format = 1;
    private const int FixedBytes = 32;

    /// <summary>Image id.</summary>
    public required string Id { get; init; }

    /// <summary>What it is used for.</summary>
    public required ImageUse Use { get; init; }

    /// <summary>Class, from 0.</summary>
    public int Class { get; init; }

    /// <summary>Place in the order of arrival in its partition.</summary>
    public long Sequence { get; init; }

    /// <summary>When the image was put in; of a decided one, when it was decided. UTC, to the millisecond.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Source id.</summary>
    public required string Source { get; init; }

    /// <summary>Revision of the decision; 0 for an image that nobody decided.</summary>
    public long Revision { get; init; }

    /// <summary>Whether the gate had accepted it.</summary>
    public bool Accepted { get; init; }

    /// <summary>Feature before normalisation, D values of float16, little-endian; empty where nothing is, or no longer is, learned from it.</summary>
    public required byte[] Feature { get; init; }

    /// <summary>Whether it is in the moments of its partition.</summary>
    public bool InMoments => Use == ImageUse.Fit && Feature.Length > 0;

    /// <summary>Whether it stands for in-distribution.</summary>
    public bool InDistribution => Use is ImageUse.Fit or ImageUse.Calibration or ImageUse.Fresh;

    /// <summary>Which use the draw of an id gives: the same for good, on every machine, whoever asks.</summary>
    public static ImageUse Drawn(string imageId, LearningSettings settings)
    {
        var draw = ImageDraw.Of(imageId, (ulong)settings.SplitSeed);
        return draw < settings.FreshShare ? ImageUse.Fresh
            : draw < settings.FreshShare + settings.CalibrationShare ? ImageUse.Calibration
            : ImageUse.Fit;
    }

    /// <summary>Whether every value of a feature is finite, and one of them is not zero.</summary>
    public static bool IsUsable(byte[] feature)
    {
        var direction = false;
        foreach (var value in MemoryMarshal.Cast<byte, Half>(feature))
        {
            if (!Half.IsFinite(value)) return false;
            direction |= value != Half.Zero;
        }

        return direction;
    }

    /// <summary>The image as it is stored, without its id.</summary>
    public byte[] ToBytes()
    {
        var source = Encoding.UTF8.GetBytes(Source);
        var bytes = new byte[FixedBytes + source.Length + Feature.Length];
        (bytes[0], bytes[1], bytes[2]) = (Format, (byte)Use, Accepted ? (byte)1 : (byte)0);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(4), (short)source.Length);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(6), (short)Class);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), At.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Revision);
        source.CopyTo(bytes, FixedBytes);
        Feature.CopyTo(bytes, FixedBytes + source.Length);
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> made.</summary>
    /// <exception cref="InvalidDataException">The bytes are none of ours.</exception>
    public static LearnedImage Read(string id, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes || bytes[0] != Format) throw new InvalidDataException($"What is stored of image {id} cannot be read.");
        var sourceLength = BinaryPrimitives.ReadInt16LittleEndian(bytes[4..]);
        if (sourceLength < 0 || bytes.Length < FixedBytes + sourceLength) throw new InvalidDataException($"What is stored of image {id} is cut.");
        return new()
        {
            Id = id,
            Use = (ImageUse)bytes[1],
            Accepted = bytes[2] == 1,
            Class = BinaryPrimitives.ReadInt16LittleEndian(bytes[6..]),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            At = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])),
            Revision = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            Source = Encoding.UTF8.GetString(bytes.Slice(FixedBytes, sourceLength)),
            Feature = bytes[(FixedBytes + sourceLength)..].ToArray(),
        };
    }
}
