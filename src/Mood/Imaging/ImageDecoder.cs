using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace MoodStream.Mood.Imaging;

/// <summary>Decodes JPEG, PNG, WebP, BMP and GIF (first frame) to RGB. Any bytes are safe to hand over.</summary>
/// <remarks>
/// No colour management: stored values are taken as they are, as Pillow does. Grey is replicated, 16 bits are rounded to 8,
/// CMYK is multiplied out. A file that is not whole is a fault, never a half-grey image. Limits hold for the image in the file,
/// however small it is shrunk.
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
        var decoded = Decode(encoded, settings, pool: null);
        return decoded.Fault is null ? Decoded.Of(decoded.Block.ToImage()) : new(null, decoded.Fault, decoded.Detail);
    }

    /// <summary>Decodes an image within limits, into memory from a pool.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, DecodeSettings)" path="/param"/>
    /// <returns>The image, or the fault. The caller disposes it.</returns>
    public static RentedImage Rent(ReadOnlySpan<byte> encoded, DecodeSettings settings) => Decode(encoded, settings, RentedImage.Pool);

    private static RentedImage Decode(ReadOnlySpan<byte> encoded, DecodeSettings settings, ArrayPool<byte>? pool)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (encoded.IsEmpty) return Failed(ImageFault.Empty, "no bytes");
        if (encoded.Length > settings.Limits.MaxBytes)
            return Failed(ImageFault.TooManyBytes, $"{encoded.Length} bytes, allowed {settings.Limits.MaxBytes}");

        if (ImageHeader.Read(encoded) is not { } header)
            return Failed(ImageFault.UnsupportedFormat, "starts like none of JPEG, PNG, WebP, BMP, GIF");
        if (header.Fault is { } unreadable)
            return Failed(unreadable, $"{header.Container} without a readable header");
        if (settings.Limits.FaultOf(header.Width, header.Height) is { } refused)
            return Failed(refused, $"{header.Container} announces {header.Width} x {header.Height} pixels");
        if (header.AnnouncesMoreThan(encoded.Length))
            return Failed(ImageFault.Truncated, $"{header.Container} of {encoded.Length} bytes cannot hold the {header.Width} x {header.Height} pixels it announces");

        return Pixels(encoded, header.Container, settings, pool);
    }

    private static unsafe RentedImage Pixels(
        ReadOnlySpan<byte> encoded, ImageContainer container, DecodeSettings settings, ArrayPool<byte>? pool)
    {
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((nint)bytes, encoded.Length);
            using var codec = SKCodec.Create(data);
            if (codec is null) return Failed(WhyNotOpened(data), encoded, container);

            // The codec has the last word on the size: a GIF frame may exceed its announced screen.
            var size = codec.Info;
            if (settings.Limits.FaultOf(size.Width, size.Height) is { } refused)
                return Failed(refused, $"{container} holds {size.Width} x {size.Height} pixels");

            var origin = settings.ApplyOrientation ? Origin(codec, encoded, container) : SKEncodedOrigin.TopLeft;
            var shrinking = container == ImageContainer.Jpeg ? ShrinkingOf(codec, origin, settings.ShrinkTo) : null;
            var read = Read(codec, (origin, shrinking, settings.AlphaGround), pool, out var image);
            return image is null ? Failed(read, encoded, container) : new(image, null, null);
        }
    }

    /// <summary>Opened from its bytes a codec costs less, but does not say why it cannot be; opened from a stream it does.</summary>
    private static SKCodecResult WhyNotOpened(SKData data)
    {
        using var stream = new SKMemoryStream(data);
        using var codec = SKCodec.Create(stream, out var result);
        return result;
    }

    private static unsafe SKCodecResult Read(
        SKCodec codec, (SKEncodedOrigin Origin, Shrinking? Shrinking, AlphaGround Ground) how, ArrayPool<byte>? pool, out PixelBlock? image)
    {
        // No colour space: values pass as stored. Unpremultiplied: colours survive under alpha.
        var size = how.Shrinking is { } smaller ? codec.GetScaledDimensions(1f / smaller.Factor) : codec.Info.Size;
        var layout = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        if (layout.BytesSize64 <= RentedImage.MostPooledBytes)
        {
            var rented = RentedImage.Pool.Rent((int)layout.BytesSize64);
            rented.AsSpan(0, (int)layout.BytesSize64).Clear();          // a frame of a GIF need not cover its screen
            SKCodecResult pooled;
            fixed (byte* start = rented) pooled = Read(codec, layout, start, how, pool, out image);
            RentedImage.Pool.Return(rented);
            return pooled;
        }

        var buffer = NativeMemory.AllocZeroed((nuint)layout.BytesSize64);
        try
        {
            return Read(codec, layout, (byte*)buffer, how, pool, out image);
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    private static unsafe SKCodecResult Read(
        SKCodec codec, SKImageInfo layout, byte* buffer, (SKEncodedOrigin Origin, Shrinking? Shrinking, AlphaGround Ground) how,
        ArrayPool<byte>? pool, out PixelBlock? image)
    {
        var result = codec.GetPixels(layout, (nint)buffer, layout.RowBytes, SKCodecOptions.Default);
        image = result == SKCodecResult.Success
            ? new RgbaPixels(buffer, layout.Width, layout.Height)
                .ToRgb(how.Origin, codec.Info.IsOpaque ? null : how.Ground, pool) with { Shrunk = how.Shrinking }
            : null;
        return result;
    }

    private static Shrinking? ShrinkingOf(SKCodec codec, SKEncodedOrigin origin, ResizeRule? rule)
    {
        if (rule is null) return null;
        var (width, height) = RgbaPixels.LiesOnItsSide(origin) ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
        return Shrinking.For(width, height, rule);
    }

    private static SKEncodedOrigin Origin(SKCodec codec, ReadOnlySpan<byte> encoded, ImageContainer container) =>
        container == ImageContainer.Jpeg ? codec.EncodedOrigin : ExifOrientation.Read(encoded, container);

    private static RentedImage Failed(ImageFault fault, string detail) => new(null, fault, detail);

    // Of a file that was cut off, the codec says sometimes that it is incomplete and sometimes that it is invalid.
    private static RentedImage Failed(SKCodecResult result, ReadOnlySpan<byte> encoded, ImageContainer container) =>
        result == SKCodecResult.IncompleteInput || ImageHeader.IsCutOff(encoded, container)
            ? Failed(ImageFault.Truncated, $"{container} ends before its last row")
            : Failed(ImageFault.Undecodable, $"{container} cannot be decoded ({result})");
}
