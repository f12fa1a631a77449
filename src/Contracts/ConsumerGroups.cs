namespace MoodStream.Contracts;

/// <summary>Consumer groups that more than one service speaks of.</summary>
public static class ConsumerGroups
{
    /// <summary>The scorers. Its lag on <see cref="Topics.Images"/> is what ingress looks at before it accepts more.</summary>
    public const string Scorer = "moodstream.scorer";
}
