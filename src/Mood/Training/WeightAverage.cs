using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Running average of a model's weights: a ← d·a + (1 − d)·w after every step.</summary>
/// <remarks>Source: Polyak and Juditsky 1992; with an exponential window as in Tarvainen and Valpola 2017. Owned by one thread.</remarks>
internal sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly (string Name, Tensor Weight, Tensor Average)[] _weights;

    /// <param name="model">The model; its present weights are the first average.</param>
    /// <param name="decay">d, in (0, 1).</param>
    public WeightAverage(nn.Module model, double decay)
    {
        using var gradientless = no_grad();
        _decay = decay;
        _weights = [.. model.named_parameters().Where(p => p.parameter.requires_grad).Select(p =>
            (p.name, (Tensor)p.parameter, p.parameter.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>The averages by the names of the weights. Owned by this object.</summary>
    public IEnumerable<(string Name, Tensor Average)> Averages => _weights.Select(w => (w.Name, w.Average));

    /// <summary>Takes in the weights as they are now.</summary>
    public void Update()
    {
        using var gradientless = no_grad();
        foreach (var (_, weight, average) in _weights) average.lerp_(weight, 1 - _decay);
    }

    /// <summary>Exchanges the weights with their averages; a second call undoes the first.</summary>
    public void Swap()
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        foreach (var (_, weight, average) in _weights)
        {
            var kept = weight.clone();
            weight.copy_(average);
            average.copy_(kept);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, average) in _weights) average.Dispose();
    }
}
