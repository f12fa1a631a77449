using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Convolution;

/// <summary>Tokens from the feature map of a ResNet instead of from pixels: the patch embedding of a hybrid.</summary>
/// <remarks>Source: Dosovitskiy et al. 2021, section 3.1, "Hybrid Architecture".</remarks>
internal sealed class TrunkEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "backbone")]
    private readonly ResNetTrunk _trunk;
    [ComponentName(Name = "proj")]
    private readonly Conv2d _projection;
    private readonly GridSize _input;

    /// <param name="config">An encoder with a trunk, whose stride divides the patch.</param>
    /// <param name="trunk">The trunk.</param>
    public TrunkEmbedding(VitConfig config, ResNetTrunkConfig trunk) : base(nameof(TrunkEmbedding))
    {
        _input = config.Input;
        var cells = config.PatchSize / trunk.Stride;
        _trunk = new ResNetTrunk(trunk);
        _projection = nn.Conv2d(trunk.OutputWidth, config.Width, cells, stride: cells);
        RegisterComponents();
    }

    /// <param name="images">Normalised images, shape [B, 3, H, W].</param>
    /// <returns>Patch tokens in raster order, shape [B, P, D].</returns>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public override Tensor forward(Tensor images)
    {
        EncoderInput.Require(images, _input);
        using var scope = NewDisposeScope();
        return _projection.forward(_trunk.forward(images)).flatten(2).transpose(1, 2).MoveToOuterDisposeScope();
    }
}
