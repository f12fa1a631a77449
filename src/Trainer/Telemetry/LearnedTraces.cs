using System.Diagnostics;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Trainer.Telemetry;

/// <summary>The traces of the images that this trainer learned last, gate by gate, for the refit that they lead to.</summary>
/// <remarks>In memory alone: after a restart, and of what other trainers learned, a refit names no traces. Thread-safety: any thread.</remarks>
internal sealed class LearnedTraces
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<ActivityContext>> _gates = new(StringComparer.Ordinal);

    /// <summary>Notes the span of an image that was learned; nothing where it is not sampled.</summary>
    public void Add(string gate, Activity? span)
    {
        if (span is not { Recorded: true }) return;
        lock (_lock)
        {
            if (!_gates.TryGetValue(gate, out var spans)) _gates[gate] = spans = new();
            if (spans.Count == Traces.MostLinks) spans.Dequeue();
            spans.Enqueue(span.Context);
        }
    }

    /// <summary>The spans since the last call, the latest <see cref="Traces.MostLinks"/> of them.</summary>
    public IReadOnlyList<ActivityContext> Take(string gate)
    {
        lock (_lock) return _gates.Remove(gate, out var spans) ? [.. spans] : [];
    }
}
