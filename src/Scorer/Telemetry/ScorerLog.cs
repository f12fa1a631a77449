namespace MoodStream.Scorer.Telemetry;

/// <summary>Log events of the scorer, 2xxx. What an operator does about each stands in docs/log-events.md.</summary>
internal static partial class ScorerLog
{
    [LoggerMessage(2001, LogLevel.Information, "Gate {Gate} loaded backbone {Path}, model {ModelHash}")]
    public static partial void GateLoaded(this ILogger logger, string gate, string path, string modelHash);

    [LoggerMessage(2002, LogLevel.Information, "Gate {Gate} judges with statistics version {Version}")]
    public static partial void StatisticsSwapped(this ILogger logger, string gate, long version);

    [LoggerMessage(2003, LogLevel.Warning, "Gate {Gate} has no usable statistics: {Problem}")]
    public static partial void GateWithoutStatistics(this ILogger logger, string gate, string problem);

    [LoggerMessage(2004, LogLevel.Critical, "The scoring pipeline failed; nothing in hand was committed")]
    public static partial void PipelineFaulted(this ILogger logger, Exception fault);

    [LoggerMessage(2005, LogLevel.Error, "Gate {Gate}: the registry has lost its active statistics; version {Version}, which this scorer holds, is used for {Limit} more at most")]
    public static partial void RegistryLost(this ILogger logger, string gate, long version, TimeSpan limit);

    [LoggerMessage(2006, LogLevel.Critical, "The scoring pipeline stands still and the service stops: {Why}")]
    public static partial void PipelineStandsStill(this ILogger logger, string why);

    [LoggerMessage(2007, LogLevel.Warning, "Whether the scoring pipeline stands still could not be told")]
    public static partial void WatchFailed(this ILogger logger, Exception fault);
}
