using MoodStream.Streaming.Settings;

namespace MoodStream.Streaming.Delivery;

/// <summary>What becomes of an image when a process or a broker fails.</summary>
public enum DeliveryGuarantee
{
    /// <summary>Each image ends somewhere; after a failure perhaps twice, with the same image id.</summary>
    AtLeastOnce,

    /// <summary>Each image ends once, for readers that read committed records: outputs and offsets move in one transaction.</summary>
    ExactlyOnce,
}

/// <summary>What the delivery of images promises. Section <c>MoodStream</c> itself.</summary>
[SettingsAbove]
public sealed record DeliverySettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream";

    /// <summary>
    /// AtLeastOnce or ExactlyOnce. The latter holds inside Kafka, needs the profile Production, and adds up to
    /// TransactionInterval to the time of a verdict. Default AtLeastOnce.
    /// </summary>
    public DeliveryGuarantee Delivery { get; init; } = DeliveryGuarantee.AtLeastOnce;

    /// <summary>Whether outputs and offsets move together.</summary>
    internal bool Transactional => Delivery == DeliveryGuarantee.ExactlyOnce;
}
