using MoodStream.Contracts;

namespace MoodStream.Trainer.Telemetry;

/// <summary>Log events of the trainer, 3xxx. What an operator does about each stands in docs/log-events.md.</summary>
internal static partial class TrainerLog
{
    [LoggerMessage(3001, LogLevel.Error, "The trainer's work of {Work} failed; it is tried again")]
    public static partial void WorkFailed(this ILogger logger, Exception fault, string work);

    [LoggerMessage(3002, LogLevel.Warning, "Gate {Gate} learns nothing: {Problem}")]
    public static partial void GateLearnsNothing(this ILogger logger, string gate, string problem);

    [LoggerMessage(3003, LogLevel.Warning, "{Partition} has another owner than epoch {Epoch} of gate {Gate}; what was not stored is left to it")]
    public static partial void PartitionFenced(this ILogger logger, string partition, string gate, long epoch);

    [LoggerMessage(3004, LogLevel.Warning, "{Partition} begins anew for gate {Gate}: features changed from {Before} to {Now}")]
    public static partial void PartitionRestarted(this ILogger logger, string partition, string gate, string before, string now);

    [LoggerMessage(3005, LogLevel.Warning, "Record {Position} is no record of ours and was left out")]
    public static partial void RecordUnreadable(this ILogger logger, string position);

    [LoggerMessage(3006, LogLevel.Warning, "The request at {Position} was left out: {Problem}")]
    public static partial void ControlRequestLeftOut(this ILogger logger, string position, string problem);

    [LoggerMessage(3010, LogLevel.Information, "Gate {Gate}: refit {RefitId} is due ({Trigger}): {Reason}")]
    public static partial void RefitRequested(this ILogger logger, string gate, string refitId, RefitTrigger trigger, string reason);

    [LoggerMessage(3011, LogLevel.Information, "Gate {Gate}: refit {RefitId} was activated as version {Version}")]
    public static partial void RefitActivated(this ILogger logger, string gate, string refitId, long version);

    [LoggerMessage(3012, LogLevel.Warning, "Gate {Gate}: refit {RefitId} was refused, and the active version stays: {Refusals}")]
    public static partial void RefitRefused(this ILogger logger, string gate, string refitId, string refusals);

    [LoggerMessage(3013, LogLevel.Error, "Gate {Gate}: refit {RefitId} failed in the step after {State}; it is tried again")]
    public static partial void RefitStepFailed(this ILogger logger, Exception fault, string gate, string refitId, RefitState state);
}
