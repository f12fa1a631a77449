using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Pipeline;

/// <summary>Tells work that stands still from work that waits for what it cannot change. Owned by one task at a time.</summary>
/// <param name="patience">Longest that records may be in hand without an offset that moves.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class Standstill(TimeSpan patience, TimeProvider clock)
{
    private long _moves, _since = clock.GetTimestamp();

    /// <summary>Takes a look.</summary>
    /// <param name="progress">How far the work is.</param>
    /// <param name="holding">Whether images wait for statistics.</param>
    /// <returns>What stands still; null where nothing does.</returns>
    public string? Look(ConsumerProgress progress, bool holding)
    {
        if (progress.Moves != _moves || progress.InHand == 0 || progress.BrokerSilent || holding)
            (_moves, _since) = (progress.Moves, clock.GetTimestamp());
        if (progress.SincePolled > patience) return $"Kafka has not been polled for {progress.SincePolled.TotalSeconds:F0} s";
        var standing = clock.GetElapsedTime(_since);
        return standing > patience ? $"no offset has moved for {standing.TotalSeconds:F0} s, with {progress.InHand} records in hand" : null;
    }
}
