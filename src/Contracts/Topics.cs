namespace MoodStream.Contracts;

/// <summary>The Kafka topics of MoodStream. A name on the wire is spelled here and nowhere else.</summary>
public static class Topics
{
    /// <summary>Images to judge. Key: source id. Value: encoded bytes, or empty with a claim-check. Written by producers, read by scorers.</summary>
    public const string Images = "moodstream.images.v1";

    /// <summary>In-distribution images. Key: as on the input. Value: <see cref="ImageScored"/> as JSON. Written by scorers, read downstream and by trainers.</summary>
    public const string Accepted = "moodstream.accepted.v1";

    /// <summary>Out-of-distribution images, for people. Key: as on the input. Value: <see cref="ImageScored"/> as JSON. Written by scorers, read by the gateway.</summary>
    public const string Review = "moodstream.review.v1";

    /// <summary>Images that could not be judged. Key, value and headers as on the input, and why in <see cref="RecordHeaders.DeadLetterReason"/>.</summary>
    public const string DeadLetters = "moodstream.images.v1.dlq";

    /// <summary>What people decided. Key: source id. Value: <see cref="ReviewDecided"/> as JSON. Written by the gateway, read by trainers.</summary>
    public const string Decisions = "moodstream.decisions.v1";

    /// <summary>Refits requested, statistics published, activated, rolled back. Key: gate. Written and read by services.</summary>
    public const string Control = "moodstream.control.v1";

    /// <summary>Append-only audit trail, a hash chain per gate. Key: gate. Value: <see cref="AuditRecorded"/> as JSON. Written by the gateway, and by operators' commands.</summary>
    public const string Audit = "moodstream.audit.v1";

    /// <summary>Every topic with the settings it is created with.</summary>
    public static IReadOnlyList<TopicSpecification> All { get; } =
    [
        new(Images, Partitions: 16, TimeSpan.FromDays(7)),
        new(Accepted, Partitions: 16, TimeSpan.FromDays(30)),
        new(Review, Partitions: 16, TimeSpan.FromDays(90)),
        new(DeadLetters, Partitions: 4, TimeSpan.FromDays(90)),
        new(Decisions, Partitions: 16, Retention: null),
        new(Control, Partitions: 1, Retention: null),
        new(Audit, Partitions: 4, Retention: null),
    ];
}

/// <summary>How a topic is created.</summary>
/// <param name="Name">The topic's name.</param>
/// <param name="Partitions">Partitions; order holds per key, and so per source.</param>
/// <param name="Retention">How long records are kept; null keeps them for good.</param>
public sealed record TopicSpecification(string Name, int Partitions, TimeSpan? Retention);
