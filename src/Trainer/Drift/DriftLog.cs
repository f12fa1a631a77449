namespace MoodStream.Trainer.Drift;

/// <summary>Log events of the drift watch, 31xx. What an operator does about each stands in docs/log-events.md.</summary>
internal static partial class DriftLog
{
    [LoggerMessage(3101, LogLevel.Warning, "Images of source {Source} drift at gate {Gate}: {Test} is {Value}, its limit {Limit}, after {Images} images")]
    public static partial void DriftBegan(this ILogger logger, string gate, string source, string test, double value, double limit, long images);

    [LoggerMessage(3102, LogLevel.Warning, "Gate {Gate} is not watched for drift: {Problem}")]
    public static partial void GateNotWatched(this ILogger logger, string gate, string problem);

    [LoggerMessage(3103, LogLevel.Error, "Watching for drift failed; it begins anew in {Pause}")]
    public static partial void WatchFailed(this ILogger logger, Exception fault, TimeSpan pause);

    [LoggerMessage(3104, LogLevel.Warning, "Record {Position} is no scored image and is not watched")]
    public static partial void RecordNotScored(this ILogger logger, string position);
}
