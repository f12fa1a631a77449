using System.Runtime.InteropServices;
using SkiaSharp;

namespace MoodStream.Mood.Imaging;

/// <summary>Decodes JPEG, PNG, WebP, BMP and GIF (first frame) to RGB. Any bytes are safe to hand over.</summary>
/// <remarks>
/// No colour management: stored values are taken as they are, as Pillow does. Grey is replicated, 16 bits are rounded to 8,
/// CMYK is multiplied out. A file that is not whole is a fault, never a half-grey image.
/// Thread-safety: pure. Cost: the codec's, plus one pass over the pixels.
/// </remarks>
public static class ImageDecoder
{
    /// <summary>Decodes an image within limits.</summary>
    /// <param name="encoded">The file's bytes.</param>
    /// <param name="settings">Limits, orientation, transparency.</param>
    /// <returns>The image, or the fault.</returns>
    public static Decoded Decode(ReadOnlySpan<byte> encoded, DecodeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (encoded.IsEmpty) return Decoded.Failed(ImageFault.Empty, "no bytes");
        if (encoded.Length > settings.Limits.MaxBytes)
            return Decoded.Failed(ImageFault.TooManyBytes, $"{encoded.Length} bytes, allowed {settings.Limits.MaxBytes}");

        if (ImageHeader.Read(encoded) is not { } header)
            return Decoded.Failed(ImageFault.UnsupportedFormat, "starts like none of JPEG, PNG, WebP, BMP, GIF");
        if (header.Fault is { } unreadable)
            return Decoded.Failed(unreadable, $"{header.Container} without a readable header");
        if (settings.Limits.FaultOf(header.Width, header.Height) is { } refused)
            return Decoded.Failed(refused, $"{header.Container} announces {header.Width} x {header.Height} pixels");

        return Pixels(encoded, header.Container, settings);
    }

    private static unsafe Decoded Pixels(ReadOnlySpan<byte> encoded, ImageContainer container, DecodeSettings settings)
    {
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((nint)bytes, encoded.Length);
            using var stream = new SKMemoryStream(data);
            using var codec = SKCodec.Create(stream, out var opened);
            if (codec is null) return Decoded.Failed(FaultOf(opened), $"{container} header: {opened}");

            // The codec has the last word on the size: a GIF frame may exceed its announced screen.
            var size = codec.Info;
            if (settings.Limits.FaultOf(size.Width, size.Height) is { } refused)
                return Decoded.Failed(refused, $"{container} holds {size.Width} x {size.Height} pixels");
            return Read(codec, container, settings);
        }
    }

    private static unsafe Decoded Read(SKCodec codec, ImageContainer container, DecodeSettings settings)
    {
        // No colour space: values pass as stored. Unpremultiplied: colours survive under alpha.
        var layout = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var buffer = NativeMemory.AllocZeroed((nuint)layout.BytesSize64);
        try
        {
            var read = codec.GetPixels(layout, (nint)buffer, layout.RowBytes, SKCodecOptions.Default);
            if (read != SKCodecResult.Success) return Decoded.Failed(FaultOf(read), $"{container} pixels: {read}");

            var origin = settings.ApplyOrientation ? codec.EncodedOrigin : SKEncodedOrigin.TopLeft;
            var rgba = new RgbaPixels((byte*)buffer, layout.Width, layout.Height);
            return Decoded.Of(rgba.ToRgb(origin, settings.AlphaGround));
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    private static ImageFault FaultOf(SKCodecResult result) =>
        result == SKCodecResult.IncompleteInput ? ImageFault.Truncated : ImageFault.Undecodable;
}
