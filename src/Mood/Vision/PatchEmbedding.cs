using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Cuts an image into square patches and maps each linearly to a token.</summary>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")]
    private readonly Conv2d _projection;
    private readonly VitConfig _config;

    public PatchEmbedding(VitConfig config) : base(nameof(PatchEmbedding))
    {
        _config = config;
        _projection = nn.Conv2d(3, config.Width, config.PatchSize, stride: config.PatchSize);
        RegisterComponents();
    }

    /// <param name="images">Normalised images, shape [B, 3, H, W].</param>
    /// <returns>Patch tokens in raster order, shape [B, P, D].</returns>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public override Tensor forward(Tensor images)
    {
        var (height, width) = _config.Input;
        if (images.dim() != 4 || images.shape[1] != 3 || images.shape[2] != height || images.shape[3] != width)
            throw new ArgumentException(
                $"The images are of shape [{string.Join(", ", images.shape)}]; this encoder takes [B, 3, {height}, {width}].",
                nameof(images));
        using var scope = NewDisposeScope();
        // A convolution whose stride is its kernel is a matrix product over patches; as such it is faster on small grids.
        var patches = Patches.Cut(images, _config.PatchSize, channelsFirst: true);                         // [B, P, 3·p·p]
        var weight = _projection.weight.reshape(_config.Width, -1);                                        // [D, 3·p·p]
        return Autocast.Linear(patches, weight, _projection.bias).to(images.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Initialises the weights as one matrix of fan-in 3·p·p (MAE).</summary>
    public void InitialiseXavier()
    {
        using var gradients = no_grad();
        using var flat = _projection.weight.view(_config.Width, -1);
        nn.init.xavier_uniform_(flat);
        if (_projection.bias is { } bias) nn.init.zeros_(bias);
    }
}
