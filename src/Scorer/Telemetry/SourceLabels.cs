using System.Collections.Concurrent;

namespace MoodStream.Scorer.Telemetry;

/// <summary>Keeps the label <c>source</c> bounded: the first so many sources get series of their own, all others share one.</summary>
/// <remarks>Sources are made up by whoever sends, so that nothing else bounds them. Thread-safety: any thread.</remarks>
internal sealed class SourceLabels(int most)
{
    /// <summary>Label value of every source beyond the bound; a source that is called so shares it.</summary>
    public const string Other = "<other>";

    private readonly ConcurrentDictionary<string, string> _own = new();
    private readonly Lock _adding = new();

    /// <summary>The label value of a source.</summary>
    public string Of(string source)
    {
        if (_own.TryGetValue(source, out var label)) return label;
        if (_own.Count >= most) return Other;
        lock (_adding)
            return _own.Count >= most ? _own.GetValueOrDefault(source, Other) : _own.GetOrAdd(source, source);
    }
}
