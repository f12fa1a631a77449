namespace MoodStream.Streaming.Records;

/// <summary>How far a consumer's work is, at one moment.</summary>
/// <param name="InHand">Records read that have not ended: not taken yet, with the reader, or in a transaction that is not committed.</param>
/// <param name="Moves">How often committed offsets have moved; only its change has a meaning.</param>
/// <param name="SincePolled">How long ago the poll thread last came by.</param>
/// <param name="BrokerSilent">Whether no broker answered when last asked.</param>
public readonly record struct ConsumerProgress(int InHand, long Moves, TimeSpan SincePolled, bool BrokerSilent);
