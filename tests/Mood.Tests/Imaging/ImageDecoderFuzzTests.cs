using CsCheck;
using MoodStream.Mood.Imaging;
using SkiaSharp;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Hostile bytes: never an exception, never more memory than the limits allow.</summary>
public sealed class ImageDecoderFuzzTests
{
    private const int MaxPixels = 1 << 16;

    private static readonly DecodeSettings Tight = new() { Limits = new ImageLimits { MaxPixels = MaxPixels } };

    private static readonly byte[][] Seeds =
    [
        TestFiles.Jpeg(24, 16), TestFiles.Png(24, 16), TestFiles.Bmp(12, 8, 1, 2, 3), TestFiles.Gif(1, 2, 3),
        TestFiles.WebP(24, 16, SKWebpEncoderCompression.Lossy), TestFiles.WebP(24, 16, SKWebpEncoderCompression.Lossless),
    ];

    private static readonly Gen<byte[]> Seed = Gen.Int[0, Seeds.Length - 1].Select(i => Seeds[i]);

    [Fact]
    public void Decode_RandomBytes_IsAFault() =>
        Gen.Byte.Array[0, 400].Sample(bytes => IsImageOrFault(bytes), seed: "0N0XIzNsQ0O2", iter: 5_000, threads: 1);

    [Fact]
    public void Decode_RandomBytesAfterMagic_IsImageOrFault() =>
        Gen.Select(Seed, Gen.Int[2, 40], Gen.Byte.Array[0, 400])
            .Sample((seed, kept, tail) => IsImageOrFault([.. seed.Take(kept), .. tail]),
                seed: "0N0XIzNsQ0O2", iter: 5_000, threads: 1);

    [Fact]
    public void Decode_MutatedFile_IsImageOrFault() =>
        Gen.Select(Seed, Gen.Select(Gen.Int[0, 4095], Gen.Byte).Array[1, 12], Gen.Int[0, 4095])
            .Sample((seed, changes, cut) => IsImageOrFault(Mutate(seed, changes, cut)),
                seed: "0N0XIzNsQ0O2", iter: 10_000, threads: 1);

    private static byte[] Mutate(byte[] seed, (int At, byte Value)[] changes, int cut)
    {
        var bytes = (byte[])seed.Clone();
        foreach (var (at, value) in changes) bytes[at % bytes.Length] = value;
        return cut < bytes.Length / 4 ? bytes[..^cut] : bytes;
    }

    private static bool IsImageOrFault(byte[] bytes)
    {
        var managed = GC.GetAllocatedBytesForCurrentThread();
        var decoded = ImageDecoder.Decode(bytes, Tight);
        // The pixels as the codec gives them, from a pool that may be empty, those handed out, and what surrounds them.
        var allowed = MaxPixels * (4 + RgbImage.Channels) + 65_536;
        return GC.GetAllocatedBytesForCurrentThread() - managed <= allowed
            && decoded.Image is null != decoded.Fault is null
            && (decoded.Image is not { } image || (long)image.Width * image.Height <= MaxPixels);
    }
}
