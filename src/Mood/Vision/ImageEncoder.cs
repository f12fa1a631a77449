using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Height and width of a grid: of pixels, or of patches.</summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
public readonly record struct GridSize(int Height, int Width)
{
    private const int Largest = 4096;

    /// <summary>Number of cells.</summary>
    [JsonIgnore]
    public int Count => Height * Width;

    /// <summary>A grid of equal sides.</summary>
    public static GridSize Square(int side) => new(side, side);

    /// <summary>What is wrong with this as the size of an input; empty if nothing is.</summary>
    internal IEnumerable<string> Problems() => Height is > 0 and <= Largest && Width is > 0 and <= Largest ? []
        : [$"The input is {this}; each side lies in 1..{Largest} pixels."];

    /// <summary>Height x width.</summary>
    public override string ToString() => $"{Height}x{Width}";
}

/// <summary>A network that turns images into features: what a <see cref="Backbone"/> scores with.</summary>
/// <remarks>
/// An implementation is a module with registered parameters whose <c>state_dict</c> and <see cref="Describe"/> together
/// determine its features: the model hash covers both. Thread-safety: owned by one thread.
/// </remarks>
/// <param name="name">Name of the module.</param>
public abstract class ImageEncoder(string name) : nn.Module<Tensor, Tensor>(name)
{
    static ImageEncoder() => NativeHeap.KeepFreed();        // whoever has an encoder, trains or scores with it

    /// <summary>Name of the architecture, for people and reports: <c>vit</c>, <c>resnetv2</c>, …</summary>
    public abstract string Architecture { get; }

    /// <summary>Size of the input; pixels.</summary>
    public abstract GridSize Input { get; }

    /// <summary>Length D of a feature.</summary>
    public abstract int FeatureLength { get; }

    /// <summary>Everything that shapes the encoder and is not a weight, as canonical JSON on one line.</summary>
    public abstract string Describe();

    /// <summary>Lays its weights out for products of a type, for inference only, on the device the weights are on now. Not for an encoder that is trained on.</summary>
    /// <param name="type">float32 or bfloat16.</param>
    /// <returns>False for an encoder that cannot; it then stays as it is.</returns>
    internal virtual bool TryPack(ScalarType type) => false;

    /// <summary>Rows and columns of the patch tokens; null for an encoder that has none.</summary>
    public virtual GridSize? PatchGrid => null;

    /// <summary>Length W of a patch token.</summary>
    public virtual int PatchLength => FeatureLength;

    /// <summary>Tokens of the patches after the last norm: what localisation looks at.</summary>
    /// <param name="images">Normalised images, shape [B, 3, H, W], float32.</param>
    /// <returns>
    /// Patch tokens in raster order, without class token and registers, shape [B, P, W] with P the cells of
    /// <see cref="PatchGrid"/>. The caller disposes them.
    /// </returns>
    /// <exception cref="NotSupportedException">The encoder has no patch tokens.</exception>
    public virtual Tensor PatchTokens(Tensor images) =>
        throw new NotSupportedException($"An encoder of architecture {Architecture} has no patch tokens.");

    /// <summary>Features and tokens of the same images from one pass.</summary>
    /// <param name="images">Normalised images, shape [B, 3, H, W], float32.</param>
    /// <returns>What <c>forward</c> gives, [B, D], and what <see cref="PatchTokens"/> gives, [B, P, W]. The caller disposes
    /// both.</returns>
    /// <exception cref="NotSupportedException">The encoder has no patch tokens.</exception>
    public virtual (Tensor Features, Tensor Patches) FeaturesAndPatches(Tensor images) =>
        throw new NotSupportedException($"An encoder of architecture {Architecture} has no patch tokens.");
}
