namespace MoodStream.Bench.Driver;

/// <summary>What kind of real Kafka a benchmark wants.</summary>
internal sealed record ClusterShape
{
    /// <summary>Ports above the first one: listeners behind a link, and the links themselves.</summary>
    public const int BehindLinks = 30, Links = 40;

    /// <summary>Brokers; three keep each record three times and write it to at least two.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>Whether each broker has a second way to it, through a <see cref="FaultyLink"/>.</summary>
    public bool Linked { get; init; }

    /// <summary>Whether the way through the links is encrypted, with a name and a password (SASL_SSL, SCRAM-SHA-512).</summary>
    public bool Secure { get; init; }

    /// <summary>Settings of the brokers, <c>key=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
