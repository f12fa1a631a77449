namespace MoodStream.Contracts;

/// <summary>Kafka record headers: CloudEvents 1.0 in binary mode, W3C trace context, and what a dead letter carries besides.</summary>
/// <remarks>Source: CloudEvents Kafka protocol binding 1.0.2, §3.2; CloudEvents extension "dataref".</remarks>
public static class RecordHeaders
{
    /// <summary>CloudEvents version, always <c>1.0</c>.</summary>
    public const string SpecVersion = "ce_specversion";

    /// <summary>Image id. Where a producer gives none, it is derived from the position: <c>topic-partition-offset</c>.</summary>
    public const string Id = "ce_id";

    /// <summary>Source id (camera, modality, tenant). Where a producer gives none, the record's key is the source.</summary>
    public const string Source = "ce_source";

    /// <summary>
    /// What of the source the image shows (a study, a lot, a work order), where the producer says so: 1 to 128 printable characters. The
    /// gate repeats it and judges without it.
    /// </summary>
    public const string Subject = "ce_subject";

    /// <summary>What happened; one of <see cref="EventTypes"/>.</summary>
    public const string Type = "ce_type";

    /// <summary>When it happened, RFC 3339, UTC.</summary>
    public const string Time = "ce_time";

    /// <summary>Claim-check: the image store's reference to the bytes, where the record's value is empty.</summary>
    public const string DataReference = "ce_dataref";

    /// <summary>Media type of the value. A hint only: the bytes decide.</summary>
    public const string ContentType = "content-type";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>Dead letter: why, one of <see cref="DeadLetterReason"/> in its wire name.</summary>
    public const string DeadLetterReason = "dead-letter-reason";

    /// <summary>Dead letter: one sentence for people, at most 1,024 characters.</summary>
    public const string DeadLetterDetail = "dead-letter-detail";

    /// <summary>Dead letter: topic the record was read from.</summary>
    public const string DeadLetterTopic = "dead-letter-topic";

    /// <summary>Dead letter: partition the record was read from.</summary>
    public const string DeadLetterPartition = "dead-letter-partition";

    /// <summary>Dead letter: offset the record was read at.</summary>
    public const string DeadLetterOffset = "dead-letter-offset";

    /// <summary>Dead letter: when it was given up, RFC 3339, UTC.</summary>
    public const string DeadLetterTime = "dead-letter-time";

    /// <summary>Dead letter: which service and instance gave it up.</summary>
    public const string DeadLetterBy = "dead-letter-by";

    /// <summary>
    /// Dead letter: reference in the image store of what was taken out of the record, since with it the broker refused the dead letter
    /// as too large. Absent where key, value and headers are as on the input.
    /// </summary>
    public const string DeadLetterEvidence = "dead-letter-evidence";

    /// <summary>Dead letter: what lies at <see cref="DeadLetterEvidence"/>, one of <see cref="DeadLetterEvidenceKinds"/>.</summary>
    public const string DeadLetterEvidenceKind = "dead-letter-evidence-kind";
}

/// <summary>Values of <see cref="RecordHeaders.Type"/>.</summary>
public static class EventTypes
{
    /// <summary>An image was put in.</summary>
    public const string ImageReceived = "io.moodstream.image.received.v1";

    /// <summary>An image was scored.</summary>
    public const string ImageScored = "io.moodstream.image.scored.v1";

    /// <summary>A statistics version became the active one.</summary>
    public const string StatisticsActivated = "io.moodstream.statistics.activated.v1";

    /// <summary>Somebody asks for a refit.</summary>
    public const string RefitRequested = "io.moodstream.refit.requested.v1";

    /// <summary>A refit was activated or refused.</summary>
    public const string RefitEnded = "io.moodstream.refit.ended.v1";

    /// <summary>People decided, or took a decision back.</summary>
    public const string ReviewDecided = "io.moodstream.review.decided.v1";

    /// <summary>Something worth an audit happened.</summary>
    public const string AuditRecorded = "io.moodstream.audit.recorded.v1";
}

/// <summary>Values of <see cref="RecordHeaders.DeadLetterEvidenceKind"/>.</summary>
public static class DeadLetterEvidenceKinds
{
    /// <summary>The value's bytes; key and headers are on the dead letter.</summary>
    public const string Value = "value";

    /// <summary>The whole record as JSON: <c>key</c>, <c>value</c> and <c>headers</c> (name, value), bytes in base64.</summary>
    public const string Record = "record";
}
