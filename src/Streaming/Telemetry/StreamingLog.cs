using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Streaming.Telemetry;

/// <summary>Log events of Streaming: 4xxx.</summary>
internal static partial class StreamingLog
{
    [LoggerMessage(4001, LogLevel.Information, "Group {Group} reads {Topics} from {Servers}")]
    public static partial void ConsumerStarted(this ILogger logger, string group, string topics, string servers);

    [LoggerMessage(4002, LogLevel.Information, "Group {Group} was assigned {Partitions}")]
    public static partial void PartitionsAssigned(this ILogger logger, string group, string partitions);

    [LoggerMessage(4003, LogLevel.Information, "Group {Group} gave up {Partitions}; {Abandoned} records in hand were abandoned")]
    public static partial void PartitionsRevoked(this ILogger logger, string group, string partitions, int abandoned);

    [LoggerMessage(4004, LogLevel.Warning, "Group {Group} lost {Partitions} without being asked; {Abandoned} records in hand were abandoned")]
    public static partial void PartitionsLost(this ILogger logger, string group, string partitions, int abandoned);

    [LoggerMessage(4005, LogLevel.Critical, "{Topic}[{Partition}]: {Missing} records from offset {Expected} were gone before group {Group} read them")]
    public static partial void RecordsLost(this ILogger logger, string topic, int partition, long expected, long missing, string group);

    [LoggerMessage(4006, LogLevel.Debug, "{Topic}[{Partition}]: {Missing} offsets from {Expected} hold no record (transaction markers or compaction)")]
    public static partial void OffsetsSkipped(this ILogger logger, string topic, int partition, long expected, long missing);

    [LoggerMessage(4007, LogLevel.Warning, "{Topic}[{Partition}] goes back from offset {Expected} to {Offset}: the log was cut or made anew")]
    public static partial void LogWentBack(this ILogger logger, string topic, int partition, long expected, long offset);

    [LoggerMessage(4008, LogLevel.Warning, "Group {Group} could not commit: {Reason}")]
    public static partial void CommitFailed(this ILogger logger, string group, string reason);

    [LoggerMessage(4009, LogLevel.Warning, "Group {Group} cannot read: {Reason}")]
    public static partial void ReadingFailed(this ILogger logger, string group, string reason);

    [LoggerMessage(4010, LogLevel.Critical, "Group {Group} stopped on an error")]
    public static partial void ConsumerFaulted(this ILogger logger, Exception fault, string group);

    [LoggerMessage(4011, LogLevel.Information, "Group {Group} has left; {Abandoned} records in hand were abandoned")]
    public static partial void ConsumerStopped(this ILogger logger, string group, int abandoned);

    [LoggerMessage(4012, LogLevel.Warning, "Committed offsets of group {Group} could not be read, so records lost before {Partitions} would go unnoticed: {Reason}")]
    public static partial void CommittedUnknown(this ILogger logger, string group, string partitions, string reason);

    [LoggerMessage(4014, LogLevel.Information, "Group {Group} now knows what it has committed of {Partitions}, and reads from there")]
    public static partial void StartedLate(this ILogger logger, string group, string partitions);

    [LoggerMessage(4013, LogLevel.Warning, "Group {Group}: the client met an error it cannot survive and is made anew: {Reason}")]
    public static partial void ConsumerReplaced(this ILogger logger, string group, string reason);

    [LoggerMessage(4020, LogLevel.Critical, "The producer can write no more: {Reason}")]
    public static partial void ProducerBroken(this ILogger logger, string reason);

    [LoggerMessage(4021, LogLevel.Warning, "The producer has no broker: {Reason}")]
    public static partial void ProducerTroubled(this ILogger logger, string reason);

    [LoggerMessage(4022, LogLevel.Warning, "{Records} records were not acknowledged when the producer closed")]
    public static partial void ProducerClosedEarly(this ILogger logger, int records);

    [LoggerMessage(4023, LogLevel.Warning, "Group {Group}: a transaction of {Outputs} outputs ended {End}, and is written again: {Reason}")]
    public static partial void TransactionNotCommitted(this ILogger logger, string group, int outputs, TransactionEnd end, string reason);

    [LoggerMessage(4024, LogLevel.Warning, "The transactional producer {Id} met an error it cannot survive and is made anew: {Reason}")]
    public static partial void TransactionalProducerReplaced(this ILogger logger, string id, string reason);

    [LoggerMessage(4025, LogLevel.Warning, "The transactional producer {Id} that was replaced does not end and is left behind: {Reason}")]
    public static partial void ProducerLeftBehind(this ILogger logger, string id, string reason);

    [LoggerMessage(4030, LogLevel.Information, "Client {Client}: {Text}")]
    public static partial void ClientSaid(this ILogger logger, string client, string text);

    [LoggerMessage(4031, LogLevel.Warning, "Client {Client}: {Text}")]
    public static partial void ClientWarned(this ILogger logger, string client, string text);

    [LoggerMessage(4040, LogLevel.Warning, "Ingress on {Topic} refuses: {Reason}")]
    public static partial void IngressRefuses(this ILogger logger, string topic, string reason);

    [LoggerMessage(4041, LogLevel.Information, "Ingress on {Topic} accepts again at a lag of {Lag} records")]
    public static partial void IngressAccepts(this ILogger logger, string topic, long lag);

    [LoggerMessage(4050, LogLevel.Warning, "Record {Topic}[{Partition}]@{Offset} was sent to dead-letter: {Reason}")]
    public static partial void DeadLettered(this ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(4051, LogLevel.Warning, "Dead letter of {Topic}[{Partition}]@{Offset} was too large for a record; its evidence is {Reference} in the image store")]
    public static partial void DeadLetterMoved(this ILogger logger, string topic, int partition, long offset, string reference);

    [LoggerMessage(4060, LogLevel.Error, "Image store: the file behind {Reference} does not have the content its name promises")]
    public static partial void ImageCorrupt(this ILogger logger, string reference);

    [LoggerMessage(4070, LogLevel.Information, "Gate {Gate}: statistics version {Version} became active at epoch {Epoch}")]
    public static partial void StatisticsChanged(this ILogger logger, string gate, long version, long epoch);

    [LoggerMessage(4071, LogLevel.Warning, "Gate {Gate} has no active statistics")]
    public static partial void StatisticsAbsent(this ILogger logger, string gate);

    [LoggerMessage(4072, LogLevel.Warning, "Active statistics of gate {Gate} could not be read; the last known stay: {Reason}")]
    public static partial void StatisticsUnreachable(this ILogger logger, string gate, string reason);

    [LoggerMessage(4073, LogLevel.Information, "Active statistics of gate {Gate} can be read again")]
    public static partial void StatisticsReachable(this ILogger logger, string gate);

    [LoggerMessage(4074, LogLevel.Warning, "Redis did not answer, try {Attempt}: {Reason}")]
    public static partial void RedisRetried(this ILogger logger, int attempt, string reason);

    [LoggerMessage(4075, LogLevel.Information, "Gate {Gate}: statistics version {Version} was removed; newer ones are kept")]
    public static partial void StatisticsRemoved(this ILogger logger, string gate, long version);

    [LoggerMessage(4080, LogLevel.Information, "Topic {Topic} was created with {Partitions} partitions")]
    public static partial void TopicCreated(this ILogger logger, string topic, int partitions);

    [LoggerMessage(4081, LogLevel.Error, "Topic {Topic} {Problem}; see mood topics check")]
    public static partial void TopicBlocks(this ILogger logger, string topic, string problem);

    [LoggerMessage(4082, LogLevel.Warning, "Topic {Topic} {Problem}; see mood topics check")]
    public static partial void TopicDiffers(this ILogger logger, string topic, string problem);

    [LoggerMessage(4083, LogLevel.Information, "The topics that this service uses are as they should be: {Topics}")]
    public static partial void TopicsFine(this ILogger logger, string topics);

    [LoggerMessage(4084, LogLevel.Warning, "The topics could not be looked at: {Reason}")]
    public static partial void TopicsUnknown(this ILogger logger, string reason);

    [LoggerMessage(4090, LogLevel.Critical, "Wrong setting: {Problem}")]
    public static partial void SettingWrong(this ILogger logger, string problem);

    [LoggerMessage(4091, LogLevel.Warning, "The settings could not be compared with those of the last start; it is tried again")]
    public static partial void SettingsNotAudited(this ILogger logger, Exception error);

    /// <summary>Passes on a line of the Kafka client, at a level that its own severity suggests.</summary>
    public static void Client(this ILogger logger, LogMessage line)
    {
        if (line.Level <= SyslogLevel.Warning) logger.ClientWarned(line.Name, line.Message);
        else logger.ClientSaid(line.Name, line.Message);
    }
}
