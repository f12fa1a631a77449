namespace MoodStream.Mood.Training;

/// <summary>Which image comes at which place of the training, and the chance that belongs to it: a function of the seed alone.</summary>
/// <remarks>So that an interrupted run goes on to the same numbers as an unbroken one, wherever it stopped.</remarks>
/// <param name="count">Number of images N.</param>
/// <param name="seed">Seed of the run.</param>
public sealed class SampleOrder(int count, int seed)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, int[]> _epochs = [];

    /// <summary>Image at a place, counted from 0 through all epochs; every epoch is a permutation of its own.</summary>
    public int At(long place)
    {
        var epoch = place / count;
        lock (_gate)
        {
            if (!_epochs.TryGetValue(epoch, out var order))
            {
                foreach (var old in _epochs.Keys.Where(e => e < epoch - 1).ToArray()) _epochs.Remove(old);
                order = [.. Enumerable.Range(0, count)];
                new Random(Mix(seed, epoch)).Shuffle(order);
                _epochs[epoch] = order;
            }
            return order[place % count];
        }
    }

    /// <summary>Chance that belongs to a place.</summary>
    public Random ChanceAt(long place) => new(Mix(seed ^ 0x5bd1e995, place));

    /// <summary>A seed made of two numbers, well mixed (the finaliser of SplitMix64).</summary>
    internal static int Mix(int seed, long number)
    {
        var z = (ulong)seed * 0x9E3779B97F4A7C15 + (ulong)number + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(z ^ (z >> 31));
    }
}
