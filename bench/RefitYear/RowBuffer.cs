using static TorchSharp.torch;

namespace MoodStream.Bench.RefitYear;

/// <summary>The newest rows of a stream, as parts that can be recalled by where they came from.</summary>
/// <param name="most">Rows that are kept at least, once there were so many; whole parts go.</param>
internal sealed class RowBuffer(int most) : IDisposable
{
    private readonly List<(string Source, Tensor Rows)> _parts = [];

    /// <summary>Rows that are kept.</summary>
    public long Count => _parts.Sum(p => p.Rows.shape[0]);

    /// <summary>Adds rows, shape [N, D]; a copy is kept, and the oldest parts that are not needed any more go.</summary>
    public void Add(string source, Tensor rows)
    {
        if (rows.shape[0] == 0) return;
        _parts.Add((source, rows.clone().DetachFromDisposeScope()));
        while (Count - _parts[0].Rows.shape[0] >= most) Drop(0);
    }

    /// <summary>All rows, shape [N, D]. The caller disposes them.</summary>
    public Tensor All() => _parts.Count == 0
        ? zeros(0, YearScene.Dimension, ScalarType.Float64)
        : cat([.. _parts.Select(p => p.Rows)]);

    /// <summary>Takes out what came from a source.</summary>
    public void Recall(string source)
    {
        for (var i = _parts.Count - 1; i >= 0; i--)
            if (_parts[i].Source == source) Drop(i);
    }

    /// <summary>Takes out everything.</summary>
    public void Clear()
    {
        while (_parts.Count > 0) Drop(_parts.Count - 1);
    }

    public void Dispose() => Clear();

    private void Drop(int place)
    {
        _parts[place].Rows.Dispose();
        _parts.RemoveAt(place);
    }
}
