using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Telemetry;

/// <summary>Log events of the gateway: 1xxx.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(1001, LogLevel.Debug, "Image {ImageId} of source {Source} taken: {SizeBytes} bytes")]
    public static partial void ImageTaken(this ILogger logger, string imageId, string source, long sizeBytes);

    [LoggerMessage(1002, LogLevel.Debug, "Image of source {Source} refused: {Problem}")]
    public static partial void ImageRefused(this ILogger logger, string source, string problem);

    [LoggerMessage(1003, LogLevel.Warning, "Image {ImageId} of source {Source} not stored: the image store failed")]
    public static partial void ImageNotStored(this ILogger logger, Exception error, string imageId, string source);

    [LoggerMessage(1004, LogLevel.Warning, "Image {ImageId} of source {Source} not acknowledged by the broker")]
    public static partial void ImageNotAcknowledged(this ILogger logger, Exception error, string imageId, string source);

    [LoggerMessage(1010, LogLevel.Information, "Live feed {Group} started from {Start}")]
    public static partial void LiveFeedStarted(this ILogger logger, string group, LiveStart start);

    [LoggerMessage(1011, LogLevel.Error, "Live feed stopped by an error; it starts again in {Pause}")]
    public static partial void LiveFeedFailed(this ILogger logger, Exception error, TimeSpan pause);

    [LoggerMessage(1012, LogLevel.Warning, "Record {Position} of the live feed left out: {Reason}")]
    public static partial void LiveRecordUnreadable(this ILogger logger, string position, string reason);

    [LoggerMessage(1020, LogLevel.Warning, "Image {ImageId} not shown: its bytes could not be read")]
    public static partial void ImageNotRead(this ILogger logger, Exception error, string imageId);

    [LoggerMessage(1030, LogLevel.Error, "Review: {Work} failed; it starts again")]
    public static partial void ReviewWorkFailed(this ILogger logger, Exception error, string work);

    [LoggerMessage(1031, LogLevel.Warning, "Record {Position} opens no case: {Reason}")]
    public static partial void ReviewRecordUnreadable(this ILogger logger, string position, string reason);

    [LoggerMessage(1032, LogLevel.Warning, "First start without keys: the administrator's key of the review page is {Key} (shown once)")]
    public static partial void FirstRunKeyMade(this ILogger logger, string key);

    [LoggerMessage(1033, LogLevel.Warning, "First start without keys: sign in at /login as {Name} with the password {Password} (shown once)")]
    public static partial void FirstRunPasswordMade(this ILogger logger, string name, string password);

    [LoggerMessage(1034, LogLevel.Warning, "The gateway listens at {Url}, and whoever reaches it may put images in and see the newest: see GuardImages")]
    public static partial void ListensUnguarded(this ILogger logger, string url);

    [LoggerMessage(1035, LogLevel.Warning, "The provider could not be asked where sessions end; the session has ended here alone: {Reason}")]
    public static partial void ProviderNotAsked(this ILogger logger, string reason);

    [LoggerMessage(1040, LogLevel.Debug, "Decision {Id} delivered to the webhook after {Attempts} tries")]
    public static partial void WebhookDelivered(this ILogger logger, string id, int attempts);

    [LoggerMessage(1041, LogLevel.Warning, "Decision {Id} not delivered to the webhook at try {Attempt}: {Reason}")]
    public static partial void WebhookRetried(this ILogger logger, string id, int attempt, string reason);

    [LoggerMessage(1042, LogLevel.Error, "Decision {Id} given up by the webhook and written to the dead letters: {Reason}")]
    public static partial void WebhookGivenUp(this ILogger logger, string id, string reason);
}
