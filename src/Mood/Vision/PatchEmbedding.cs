using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Cuts an image into square patches and maps each linearly to a token.</summary>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")]
    private readonly Conv2d _projection;
    private readonly GridSize _input;
    private readonly int _patch;

    /// <param name="input">Size of the input; pixels.</param>
    /// <param name="patch">Side of a patch; pixels.</param>
    /// <param name="width">Token width D.</param>
    public PatchEmbedding(GridSize input, int patch, int width) : base(nameof(PatchEmbedding))
    {
        (_input, _patch) = (input, patch);
        _projection = nn.Conv2d(3, width, patch, stride: patch);
        RegisterComponents();
    }

    /// <param name="images">Normalised images, shape [B, 3, H, W].</param>
    /// <returns>Patch tokens in raster order, shape [B, P, D].</returns>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public override Tensor forward(Tensor images)
    {
        EncoderInput.Require(images, _input);
        using var scope = NewDisposeScope();
        // A convolution whose stride is its kernel is a matrix product over patches; as such it is faster on small grids.
        var patches = Patches.Cut(images, _patch, channelsFirst: true);                                 // [B, P, 3·p·p]
        var weight = _projection.weight.flatten(1);                                              // [D, 3·p·p]
        return Autocast.Linear(patches, weight, _projection.bias).to(images.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Initialises the weights as one matrix of fan-in 3·p·p (MAE).</summary>
    public void InitialiseXavier()
    {
        using var gradients = no_grad();
        using var flat = _projection.weight.view(_projection.weight.shape[0], -1);
        nn.init.xavier_uniform_(flat);
        if (_projection.bias is { } bias) nn.init.zeros_(bias);
    }
}
