using System.Buffers;
using System.Security.Cryptography;

namespace MoodStream.Mood.Imaging;

/// <summary>All that happens between a file and a backbone's input: decode, resize, crop, normalise.
/// Immutable.</summary>
/// <remarks>
/// Statistics are only valid for features that went through the same recipe, hence <see cref="Hash"/>.
/// Thread-safety: pure.
/// </remarks>
public sealed record PreprocessingRecipe
{
    /// <summary>To what size the image is brought first.</summary>
    public required ResizeRule Resize { get; init; }

    /// <summary>Kernel of the resize. Default bicubic.</summary>
    public ResampleFilter Filter { get; init; } = ResampleFilter.Bicubic;

    /// <summary>Side of the square centre crop, in pixels; null for none.</summary>
    public int? Crop { get; init; }

    /// <summary>Rounding of the crop's offset. Default half to even.</summary>
    public CropRounding CropRounding { get; init; } = CropRounding.HalfToEven;

    /// <summary>Whether the EXIF orientation turns the image upright. Default true.</summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>What becomes of transparency. Default: blended over white.</summary>
    public AlphaGround AlphaGround { get; init; } = AlphaGround.White;

    /// <summary>
    /// Whether a JPEG that is far larger than the resize needs is shrunk while it is decoded (<see cref="Shrinking"/>): faster, with
    /// slightly other pixels, hence another <see cref="Hash"/>. Default false.
    /// </summary>
    public bool ShrinkOnLoad { get; init; }

    /// <summary>Subtracted from each value in [0, 1]. Default 0.5.</summary>
    public ChannelValues Mean { get; init; } = ChannelValues.All(0.5f);

    /// <summary>Divides after that. Default 0.5.</summary>
    public ChannelValues Std { get; init; } = ChannelValues.All(0.5f);

    /// <summary>Width of the backbone's input, in pixels.</summary>
    public int OutputWidth => Crop ?? ((ResizeRule.Exact)Resize).Width;

    /// <summary>Height of the backbone's input, in pixels.</summary>
    public int OutputHeight => Crop ?? ((ResizeRule.Exact)Resize).Height;

    /// <summary>
    /// Preprocessing hash: the first 16 hexadecimal digits of SHA-256 over <see cref="ToJson"/>. Computed anew at each
    /// call.
    /// </summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(RecipeJson.Write(this)).AsSpan(0, 8));

    /// <summary>Reads a recipe, for instance from the header of a weights file.</summary>
    /// <exception cref="FormatException">Not JSON, a member is missing, unknown or of the wrong type, or the recipe
    /// contradicts itself (<see cref="Validate"/>).</exception>
    public static PreprocessingRecipe FromJson(string json) => RecipeJson.Read(json);

    /// <summary>All members in a fixed order and spelling: equal recipes give equal bytes.</summary>
    public string ToJson() => System.Text.Encoding.UTF8.GetString(RecipeJson.Write(this));

    /// <summary>To what size a JPEG may be shrunk while it is decoded; null where it is decoded whole.</summary>
    public ResizeRule? ShrinkTo => ShrinkOnLoad ? Resize : null;

    /// <summary>How files are decoded for this recipe.</summary>
    public DecodeSettings Decoding(ImageLimits limits) => new()
    {
        Limits = limits,
        ApplyOrientation = ApplyOrientation,
        ShrinkTo = ShrinkTo,
        AlphaGround = AlphaGround,
    };

    /// <summary>Throws where the recipe contradicts itself.</summary>
    /// <exception cref="FormatException">A size is not positive, the crop exceeds the resized image, the output has no
    /// fixed
    /// size, or a standard deviation is not a positive number.</exception>
    public void Validate()
    {
        var (width, height) = Resize switch
        {
            ResizeRule.ShorterSide side => (side.Length, side.Length),
            _ => Resize.SizeOf(1, 1),
        };
        Require(width > 0 && height > 0, "the resized image needs a positive size");
        Require(Crop is not <= 0, "the crop needs a positive side");
        Require(!(Crop > Math.Min(width, height)), "the crop is larger than the resized image");
        Require(Crop is not null || Resize is ResizeRule.Exact, "without a crop the output has no fixed size");
        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            Require(float.IsFinite(Mean[channel]), "the mean must be finite");
            Require(float.IsFinite(Std[channel]) && Std[channel] > 0, "the standard deviation must be positive");
        }
    }

    /// <summary>Where the backbone's input lies in an image of this size.</summary>
    /// <param name="width">Width of the decoded image, at least 1.</param>
    /// <param name="height">Height of the decoded image, at least 1.</param>
    public InputPlacement PlacementOf(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var (across, down) = Resize.SizeOf(width, height);
        return new InputPlacement(
            width, height, (double)across / width, (double)down / height, Offset(across, OutputWidth),
                Offset(down, OutputHeight));
    }

    /// <summary>Resizes and crops, without normalising.</summary>
    /// <returns>Image of <see cref="OutputWidth"/> x <see cref="OutputHeight"/> pixels; the argument itself where
    /// nothing
    /// changes.</returns>
    public RgbImage ApplyPixels(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = ApplyPixels(PixelBlock.Of(image), pool: null);
        return ReferenceEquals(result.Pixels, image.Pixels) ? image : result.ToImage();
    }

    private PixelBlock ApplyPixels(PixelBlock image, ArrayPool<byte>? pool)
    {
        var whole = image.Shrunk ?? new Shrinking(1, image.Width, image.Height);
        var (width, height) = Resize.SizeOf(whole.Width, whole.Height);

        // The last pixel of a shrunk row may stand for less than a whole one: the image ends within it.
        var (right, bottom) = (whole.Width / (float)whole.Factor, whole.Height / (float)whole.Factor);
        return PillowResize.Resize(
            image,
            new ResampleAxis(image.Width, 0, right, width, Offset(width, OutputWidth), OutputWidth),
            new ResampleAxis(image.Height, 0, bottom, height, Offset(height, OutputHeight), OutputHeight),
            Filter, pool);
    }

    /// <summary>Resizes, crops and normalises into a backbone's input.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="destination">Receives shape [3, H, W], float32: (value / 255 − mean) / std.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> does not hold 3·H·W values.</exception>
    public void Apply(RgbImage image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        Apply(PixelBlock.Of(image), destination);
    }

    /// <inheritdoc cref="Apply(RgbImage, Span{float})"/>
    /// <exception cref="InvalidOperationException">There is no image.</exception>
    public void Apply(in RentedImage image, Span<float> destination) => Apply(image.Block, destination);

    private void Apply(PixelBlock image, Span<float> destination)
    {
        if (destination.Length != OutputWidth * OutputHeight * RgbImage.Channels)
            throw new ArgumentException($"Holds {destination.Length} values, not 3 x {OutputHeight} x {OutputWidth}.",
                nameof(destination));

        var resized = ApplyPixels(image, RentedImage.Pool);
        Normalise(resized.Span, destination);
        if (!ReferenceEquals(resized.Pixels, image.Pixels)) resized.Return(RentedImage.Pool);
    }

    private void Normalise(ReadOnlySpan<byte> pixels, Span<float> destination)
    {
        var plane = OutputWidth * OutputHeight;
        Span<float> level = stackalloc float[256];
        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            for (var v = 0; v < level.Length; v++) level[v] = (v / 255f - Mean[channel]) / Std[channel];
            var to = destination.Slice(channel * plane, plane);
            for (var i = 0; i < to.Length; i++) to[i] = level[pixels[i * RgbImage.Channels + channel]];
        }
    }

    private long Offset(long length, int side) => CropRounding == CropRounding.Floor
        ? (length - side) / 2
        : (long)Math.Round((length - side) / 2.0, MidpointRounding.ToEven);

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new FormatException($"Not a preprocessing recipe: {what}.");
    }
}
