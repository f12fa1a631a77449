using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Tokenizers;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>A run whose result is a tokenizer.</summary>
public abstract class TokenizerRun : TrainingRun
{
    private const int AssessedImages = 512;
    private const int AssessedTogether = 64;

    /// <inheritdoc/>
    protected TokenizerRun(
        TrainingSettings settings, IImageDataset dataset, PreprocessingRecipe recipe, IReadOnlyList<string> problems)
        : base(settings, dataset, recipe, problems)
    {
    }

    /// <summary>The tokenizer in training.</summary>
    public abstract VisualTokenizer Tokenizer { get; }

    /// <inheritdoc/>
    protected override nn.Module Model => Tokenizer;

    /// <summary>Measures how the vocabulary is used on the first images of the data set, whole and unchanged.</summary>
    /// <exception cref="DatasetException">None of them can be decoded.</exception>
    public CodeUse Assess()
    {
        var use = default(CodeUse);
        WithResult(() => use = Measure());
        return use;
    }

    /// <inheritdoc/>
    protected override void Write(string path, string origin) =>
        new TokenizerFile(Tokenizer, Recipe, Measure()).Save(path, origin);

    /// <summary>Errors of restoring images from mixtures of codes and from codes alone, in evaluation mode.</summary>
    /// <param name="images">Shape [B, 3, S, S].</param>
    /// <param name="codes">Their codes, shape [B, P].</param>
    protected abstract (double Soft, double Hard) Errors(Tensor images, Tensor codes);

    private CodeUse Measure()
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var training = Tokenizer.training;
        Tokenizer.eval();
        var (codes, soft, hard, seen) = (new List<Tensor>(), 0.0, 0.0, 0L);
        foreach (var chunk in Enumerable.Range(0, Math.Min(AssessedImages, Dataset.Count)).Chunk(AssessedTogether))
        {
            float[][] good = [.. chunk.Select(i => Dataset.Read(i).Image).OfType<RgbImage>().Select(Prepared)];
            if (good.Length == 0) continue;
            var side = Tokenizer.ImageSize;
            var images = tensor(good.SelectMany(i => i).ToArray(), [good.Length, 3, side, side], device: Device);
            var these = Tokenizer.forward(images);
            var errors = Errors(images, these);
            codes.Add(these);
            (soft, hard, seen) = (soft + good.Length * errors.Soft, hard + good.Length * errors.Hard, seen + good.Length);
        }
        if (training) Tokenizer.train();
        if (seen == 0) throw new DatasetException($"{Dataset.Name} holds no image that can be decoded.");
        return new(CodeUse.PerplexityOf(cat(codes), Tokenizer.CodeCount), Tokenizer.CodeCount, soft / seen, hard / seen);
    }

    private float[] Prepared(RgbImage image)
    {
        var side = Tokenizer.ImageSize;
        var prepared = new float[RgbImage.Channels * side * side];
        Recipe.Apply(image, prepared);
        return prepared;
    }
}
