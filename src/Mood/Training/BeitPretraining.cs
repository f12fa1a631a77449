using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Tokenizers;
using MoodStream.Mood.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Masked image modelling: an encoder learns by predicting the visual tokens of removed patches.</summary>
/// <remarks>Source: Bao et al. 2022, eq. (5); Peng et al. 2022, §3.2 and §3.3. Thread-safety: owned by one thread.</remarks>
public sealed class BeitPretraining : TrainingRun
{
    private readonly BeitSettings _settings;
    private readonly VisualTokenizer _tokenizer;
    private readonly MaskedTokenModel _model;
    private readonly BlockMask _mask;

    /// <param name="settings">The recipe.</param>
    /// <param name="tokenizer">The trained tokenizer, of the encoder's grid; this run owns it.</param>
    /// <param name="dataset">The images; labels are ignored.</param>
    /// <param name="recipe">Preprocessing of encoder and tokenizer, at the encoder's size.</param>
    /// <exception cref="ArgumentException">The settings are wrong; the message lists every problem.</exception>
    /// <exception cref="TokenizerException">The tokenizer uses too little of its vocabulary.</exception>
    public BeitPretraining(
        BeitSettings settings, TokenizerFile tokenizer, IImageDataset dataset, PreprocessingRecipe recipe)
        : base(settings, dataset, recipe, [.. settings.Problems(dataset.Count), .. Mismatch(settings.Encoder, tokenizer, recipe)])
    {
        tokenizer.Require(settings.LeastCodeUse);
        (_settings, _tokenizer) = (settings, tokenizer.Tokenizer);
        _model = new MaskedTokenModel(new VisionTransformer(settings.Encoder), _tokenizer.CodeCount, settings.ClassTokenDepth);
        _model.to(Device);
        _tokenizer.to(Device);
        var grid = settings.Encoder.Grid;
        _mask = new BlockMask(grid.Height, grid.Width, settings.Removed, settings.LeastBlock);
        var jitter = settings.ColourJitter;
        Views =
        [
            new TrainingView(new RandomResizedCrop(settings.Encoder.ImageSize, settings.MinCropScale), recipe)
            {
                Jitter = jitter > 0 ? new ColourJitter(jitter, jitter, jitter) : null,
            },
        ];
    }

    /// <inheritdoc/>
    protected override nn.Module Model => _model;

    /// <inheritdoc/>
    protected override IReadOnlyList<IImageView> Views { get; }

    /// <inheritdoc/>
    protected override Tensor Loss(TrainingStep step)
    {
        var images = step.Views[0];
        var mask = Draw((int)images.shape[0], step.Seed);                                          // [B, P]
        var codes = _tokenizer.CodesOf(images).masked_select(mask);                                // [M]
        var logits = _model.forward(images, mask);                                                 // [M or 2·M, V]
        Figures(logits.slice(0, 0, codes.shape[0], 1), codes);
        if (_settings.ClassTokenDepth == 0) return nn.functional.cross_entropy(logits, codes);
        return 2 * nn.functional.cross_entropy(logits, cat([codes, codes], 0));                    // the sum of both losses
    }

    /// <inheritdoc/>
    protected override void Write(string path, string origin) => Backbone.Save(path, _model.Encoder, Recipe, origin);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _tokenizer.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override string DescribeParts() => _tokenizer.Describe();

    private Tensor Draw(int images, int seed)
    {
        var chance = new SeededMaskChance(new Random(seed));
        var masks = Enumerable.Range(0, images).SelectMany(_ => _mask.Draw(chance)).ToArray();
        return tensor(masks, [images, _settings.Encoder.Patches], device: Device);
    }

    /// <summary>Share of codes guessed right, and what always guessing the most frequent one would reach.</summary>
    private void Figures(Tensor logits, Tensor codes)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        double count = codes.shape[0];
        Note("accuracy", logits.argmax(1).eq(codes).count_nonzero().item<long>() / count);
        Note("commonest", codes.bincount(null, minlength: _tokenizer.CodeCount).max().item<long>() / count);
    }

    private static IEnumerable<string> Mismatch(VitConfig encoder, TokenizerFile file, PreprocessingRecipe recipe)
    {
        if (encoder.Grid != file.Tokenizer.Grid)
            yield return $"The encoder has a grid of {encoder.Grid} patches, the tokenizer one of {file.Tokenizer.Grid} codes.";
        if (encoder.ImageSize % file.Tokenizer.ImageSize != 0)
            yield return $"The encoder's input is {encoder.ImageSize} pixels; it is a multiple of the tokenizer's, "
                + $"{file.Tokenizer.ImageSize}.";
        if (recipe.Mean != file.Recipe.Mean || recipe.Std != file.Recipe.Std)
            yield return "The tokenizer normalises images by another mean or deviation than the encoder.";
    }
}
