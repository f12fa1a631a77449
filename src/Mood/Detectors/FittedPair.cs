using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Two fitted detectors that make one score together. Owns both; their states are stored under prefixes.</summary>
public abstract class FittedPair : FittedDetector
{
    private const string FirstPrefix = "first.";
    private const string SecondPrefix = "second.";

    private protected FittedPair(
        Detector detector, FittedDetector first, FittedDetector second, IEnumerable<(string Name, Tensor Value)> more)
        : base(detector, first.Diagnostics)
    {
        (First, Second) = (first, second);
        var state = new Dictionary<string, Tensor>();
        foreach (var (name, tensor) in first.State) state.Add(FirstPrefix + name, tensor);
        foreach (var (name, tensor) in second.State) state.Add(SecondPrefix + name, tensor);
        foreach (var (name, tensor) in more) state.Add(name, tensor.DetachFromDisposeScope());
        State = state;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State { get; }

    private protected FittedDetector First { get; }

    private protected FittedDetector Second { get; }

    /// <summary>Restores both from a state, and gives what is left of it.</summary>
    /// <exception cref="Statistics.StatisticsException">A part is incomplete or contradicts itself.</exception>
    private protected static (FittedDetector First, FittedDetector Second, StoredState More) RestoreBoth(
        Detector first, Detector second, IReadOnlyDictionary<string, Tensor> state)
    {
        Dictionary<string, Tensor> Under(string prefix) => state
            .Where(s => s.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(s => s.Key[prefix.Length..], s => s.Value);
        bool IsOfEither(string name) =>
            name.StartsWith(FirstPrefix, StringComparison.Ordinal) || name.StartsWith(SecondPrefix, StringComparison.Ordinal);
        var more = state.Where(s => !IsOfEither(s.Key)).ToDictionary();
        var restored = first.Restore(Under(FirstPrefix));
        try
        {
            return (restored, second.Restore(Under(SecondPrefix)), new StoredState(more));
        }
        catch
        {
            restored.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        First.Dispose();
        Second.Dispose();
    }
}
