using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Mood.Evaluation;

/// <summary>
/// A named set of images as rows of each kind of input, made when first asked for and kept until disposed.
/// </summary>
/// <param name="name">Name of the set in the results.</param>
/// <param name="features">Makes the features, shape [N, D], any floating type; called at most once.</param>
/// <param name="pixels">Makes the pooled pixels, shape [N, 192], any floating type; called at most once.</param>
/// <param name="labels">Class of each image, shape [N], int64; null where classes play no part. Not owned.</param>
/// <remarks>Thread-safety: owned by one thread.</remarks>
public sealed class EvaluationSet(string name, Func<Tensor> features, Func<Tensor> pixels, Tensor? labels = null) : IDisposable
{
    private readonly Dictionary<DetectorInput, Tensor> _made = [];

    /// <summary>Name of the set.</summary>
    public string Name { get; } = name;

    /// <summary>Class of each image, shape [N], int64; null where classes play no part.</summary>
    public Tensor? Labels { get; } = labels;

    /// <summary>The rows that a kind of detector looks at, shape [N, D]. Owned by this set.</summary>
    public Tensor Inputs(DetectorInput input)
    {
        if (_made.TryGetValue(input, out var rows)) return rows;
        return _made[input] = Make(input).DetachFromDisposeScope();
    }

    private Tensor Make(DetectorInput input) => input switch
    {
        DetectorInput.Features => features(),
        DetectorInput.Pixels => pixels(),
        _ => cat([Inputs(DetectorInput.Features), Inputs(DetectorInput.Pixels)], 1),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var rows in _made.Values) rows.Dispose();
        _made.Clear();
    }
}
