using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Tokenizers;
using MoodStream.Mood.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Trains the tokenizer of BEiT v2: quantised patches from which those of a teacher are restored.</summary>
/// <remarks>
/// Loss: 1 − cosine(restored, teacher's patch) + β · mean squared distance to the code, whose gradient goes straight
/// through. Source: Peng et al. 2022, eq. (1) and (2). Thread-safety: owned by one thread.
/// </remarks>
public sealed class CodebookTraining : TokenizerRun
{
    private readonly CodebookSettings _settings;
    private readonly VisionTransformer _teacher;
    private readonly CodebookTokenizer _model;

    /// <param name="settings">The recipe.</param>
    /// <param name="teacher">Encoder whose patches are restored, of the same grid and input; this run owns it.</param>
    /// <param name="dataset">The images; labels are ignored.</param>
    /// <param name="recipe">Preprocessing of the teacher, and so of the tokenizer.</param>
    /// <exception cref="ArgumentException">The settings are wrong; the message lists every problem.</exception>
    public CodebookTraining(
        CodebookSettings settings, VisionTransformer teacher, IImageDataset dataset, PreprocessingRecipe recipe)
        : base(settings, dataset, recipe, [.. settings.Problems(dataset.Count), .. Mismatch(settings.Tokenizer, teacher.Config)])
    {
        (_settings, _teacher) = (settings, teacher);
        _model = new CodebookTokenizer(settings.Tokenizer);
        _model.to(Device);
        _teacher.to(Device);
        _teacher.eval();
        Views = [new TrainingView(new RandomResizedCrop(settings.Tokenizer.Encoder.ImageSize, settings.MinCropScale), recipe)];
    }

    /// <inheritdoc/>
    public override VisualTokenizer Tokenizer => _model;

    /// <inheritdoc/>
    protected override IReadOnlyList<IImageView> Views { get; }

    /// <inheritdoc/>
    protected override Tensor Loss(TrainingStep step)
    {
        var images = step.Views[0];
        var vectors = _model.Vectors(images);                                                      // [B, P, E]
        _model.Codebook.Follow(vectors.flatten(0, 1));
        var nearest = _model.Codebook.forward(vectors.flatten(0, 1));                              // [B·P]
        var codes = _model.Codebook.Codes.index_select(0, nearest).reshape(vectors.shape);
        var restored = _model.Restore(vectors + (codes - vectors).detach());
        var error = 1 - nn.functional.cosine_similarity(restored, Wanted(images), dim: -1).mean();
        var distance = nn.functional.mse_loss(vectors, codes.detach());
        Note("error", error.item<float>());
        Note("perplexity", CodeUse.PerplexityOf(nearest, _model.CodeCount));
        return error + _settings.CommitmentWeight * distance;
    }

    /// <inheritdoc/>
    protected override (double Soft, double Hard) Errors(Tensor images, Tensor codes)
    {
        var wanted = Wanted(images);
        var hard = _model.Codebook.Codes.index_select(0, codes.flatten()).reshape(codes.shape[0], codes.shape[1], -1);
        return (ErrorOf(_model.Vectors(images)), ErrorOf(hard));

        double ErrorOf(Tensor vectors) =>
            1 - nn.functional.cosine_similarity(_model.Restore(vectors), wanted, dim: -1).mean().item<float>();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _teacher.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override string DescribeParts() => _teacher.Config.ToJson();

    private Tensor Wanted(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        return _teacher.PatchTokens(images).to(ScalarType.Float32).MoveToOuterDisposeScope();      // [B, P, teacher's D]
    }

    private static IEnumerable<string> Mismatch(CodebookConfig tokenizer, VitConfig teacher)
    {
        if (tokenizer.Encoder.Input != teacher.Input || tokenizer.Encoder.Grid != teacher.Grid)
            yield return $"The tokenizer has a grid of {tokenizer.Encoder.Grid} on {tokenizer.Encoder.Input} pixels, "
                + $"the teacher one of {teacher.Grid} on {teacher.Input}.";
        if (tokenizer.TeacherWidth != teacher.Width)
            yield return $"TeacherWidth is {tokenizer.TeacherWidth}; the teacher's is {teacher.Width}.";
    }
}
