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
public sealed class EvaluationSet(string name, Func<Tensor> features, Func<Tensor> pixels, Tensor? labels = null)
    : IDisposable
{
    private readonly Dictionary<DetectorInput, Tensor> _made = [];
    private Tensor? _ownLabels;

    /// <summary>Name of the set.</summary>
    public string Name { get; } = name;

    /// <summary>Class of each image, shape [N], int64; null where classes play no part.</summary>
    public Tensor? Labels { get; } = labels;

    /// <summary>Names of the classes by number; empty where they have none.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Name of a class for people.</summary>
    public string NameOfClass(int number) => number < ClassNames.Count ? ClassNames[number] : $"class {number}";

    /// <summary>The set that this one was selected from, with the numbers of the images there; null if it is
    /// whole.</summary>
    public (EvaluationSet Whole, IReadOnlyList<long> Rows)? Selection { get; private init; }

    /// <summary>The rows that a kind of detector looks at, shape [N, D]. Owned by this set.</summary>
    public Tensor Inputs(DetectorInput input)
    {
        if (_made.TryGetValue(input, out var rows)) return rows;
        return _made[input] = Make(input).DetachFromDisposeScope();
    }

    /// <summary>Some of the images as a set of their own. The caller disposes it, before this one.</summary>
    /// <param name="selected">Name of the new set.</param>
    /// <param name="rows">Numbers of the images, in the order wanted.</param>
    /// <param name="classes">Their classes in the new set, each within 0..K−1; null for none.</param>
    public EvaluationSet Select(string selected, IReadOnlyList<long> rows, IReadOnlyList<long>? classes = null)
    {
        Tensor Of(DetectorInput input)
        {
            using var places = tensor([.. rows], ScalarType.Int64);
            return Inputs(input).index_select(0, places);
        }
        var own = classes is null ? null : tensor([.. classes], ScalarType.Int64).DetachFromDisposeScope();
        return new EvaluationSet(selected, () => Of(DetectorInput.Features), () => Of(DetectorInput.Pixels), own)
        {
            _ownLabels = own, Selection = (this, rows),
        };
    }

    /// <summary>Numbers of the images of each class, class by class.</summary>
    /// <exception cref="ArgumentException">There are no labels, or a class has no image.</exception>
    public IReadOnlyList<IReadOnlyList<long>> RowsByClass()
    {
        if (Labels is not { } known) throw new ArgumentException($"'{Name}' has no labels.");
        using var scope = NewDisposeScope();
        var classes = known.cpu().data<long>().ToArray();
        if (classes.Length == 0 || classes.Min() < 0) throw new ArgumentException($"'{Name}' has no or negative labels.");
        var rows = Enumerable.Range(0, (int)classes.Max() + 1).Select(_ => new List<long>()).ToArray();
        for (var i = 0; i < classes.Length; i++) rows[classes[i]].Add(i);
        var empty = Array.FindIndex(rows, r => r.Count == 0);
        return empty < 0 ? rows : throw new ArgumentException($"'{Name}' has no image of class {empty}.");
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
        _ownLabels?.Dispose();
    }
}
