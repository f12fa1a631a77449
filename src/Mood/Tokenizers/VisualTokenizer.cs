using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Tokenizers;

/// <summary>Turns an image into visual tokens: one code of a fixed vocabulary for each cell of a grid.</summary>
/// <remarks>Thread-safety: owned by one thread.</remarks>
/// <param name="name">Name of the module.</param>
public abstract class VisualTokenizer(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Size of the vocabulary V.</summary>
    public abstract int CodeCount { get; }

    /// <summary>Side of the input; pixels.</summary>
    public abstract int ImageSize { get; }

    /// <summary>Rows and columns of codes.</summary>
    public abstract GridSize Grid { get; }

    /// <summary>Kind of tokenizer, as its file names it.</summary>
    internal abstract string Kind { get; }

    /// <summary>Everything that shapes the tokenizer and is not a weight, as JSON.</summary>
    internal abstract string Describe();

    /// <summary>The codes of images.</summary>
    /// <param name="images">Normalised images, shape [B, 3, S, S], S the <see cref="ImageSize"/>, float32.</param>
    /// <returns>Codes in raster order, shape [B, P], int64, in 0..V−1. The caller disposes them.</returns>
    public abstract override Tensor forward(Tensor images);

    /// <summary>The codes of images of another size, which are brought to the tokenizer's own by averaging.</summary>
    /// <param name="images">Normalised images, shape [B, 3, S', S'].</param>
    /// <returns>Shape [B, P], int64. The caller disposes them.</returns>
    public Tensor CodesOf(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var sized = images.shape[2] == ImageSize
            ? images
            : nn.functional.interpolate(images, [ImageSize, ImageSize], mode: InterpolationMode.Area);
        return forward(sized).MoveToOuterDisposeScope();
    }
}
