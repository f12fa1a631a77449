using Confluent.Kafka;

namespace MoodStream.Streaming.Telemetry;

/// <summary>The kinds of error that are counted: a closed set, since they are label values; the log has the full reason.</summary>
internal static class KafkaErrorKind
{
    /// <summary>Values of the label <c>client</c>.</summary>
    public const string Consumer = "consumer", Producer = "producer";

    /// <summary>Whether a broker, or the client on its behalf, finds a record too large.</summary>
    public static bool IsSize(Error error) =>
        error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidMsgSize or ErrorCode.RecordListTooLarge;

    /// <summary>The kind of an error.</summary>
    public static string Of(Error error) => error switch
    {
        { IsFatal: true } => "fatal",
        { Code: ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_Resolve or ErrorCode.Local_MsgTimedOut
            or ErrorCode.Local_TimedOut or ErrorCode.NetworkException } => "unreachable",
        { Code: ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.TopicAuthorizationFailed
            or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed } => "denied",
        { Code: ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition } => "topic",
        _ when IsSize(error) => "size",
        _ => "other",
    };
}
