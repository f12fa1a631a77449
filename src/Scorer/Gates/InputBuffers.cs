using System.Collections.Concurrent;

namespace MoodStream.Scorer.Gates;

/// <summary>Memory for the inputs of one backbone, used again and again: at 224 pixels an input is 600 KB, too much to be new for each image.</summary>
/// <remarks>
/// A buffer that is not given back is no loss but for the garbage. Thread-safety: every member may be called from any thread.
/// </remarks>
/// <param name="length">Values of an input.</param>
public sealed class InputBuffers(int length)
{
    /// <summary>Bytes kept at most, however many images were once in hand.</summary>
    private const int MaxBytesKept = 64 << 20;

    private readonly ConcurrentQueue<float[]> _free = new();
    private readonly int _most = Math.Max(1, MaxBytesKept / (length * sizeof(float)));

    /// <summary>A buffer; what it holds is of no meaning.</summary>
    public float[] Rent() => _free.TryDequeue(out var buffer) ? buffer : new float[length];

    /// <summary>Gives a buffer back: nobody may look at it any more.</summary>
    public void Return(float[] buffer)
    {
        if (buffer.Length != length) throw new ArgumentException($"Has {buffer.Length} values, not {length}.", nameof(buffer));
        if (_free.Count < _most) _free.Enqueue(buffer);
    }
}
