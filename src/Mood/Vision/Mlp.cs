using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Two linear layers with the exact (erf) GELU between them.</summary>
internal sealed class Mlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")]
    private readonly Linear _widen;
    [ComponentName(Name = "fc2")]
    private readonly Linear _narrow;

    public Mlp(int width, int hidden) : base(nameof(Mlp))
    {
        _widen = nn.Linear(width, hidden);
        _narrow = nn.Linear(hidden, width);
        RegisterComponents();
    }

    /// <param name="tokens">Tokens, shape [B, T, D].</param>
    /// <returns>Shape [B, T, D].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return _narrow.forward(nn.functional.gelu(_widen.forward(tokens))).MoveToOuterDisposeScope();
    }
}
