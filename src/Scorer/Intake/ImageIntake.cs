using System.Diagnostics;
using System.Text;
using MoodStream.Contracts;
using MoodStream.Mood.Imaging;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Scorer.Intake;

/// <summary>Turns a record into an image that is ready for the device: source, gate, bytes, pixels.</summary>
/// <remarks>
/// Called: for several records at the same time. Whatever a producer can send wrongly is a <see cref="Rejection"/>, never an exception.
/// On failure: throws only if the image store cannot be reached; the record then stays in flight and is read again.
/// </remarks>
public sealed class ImageIntake(
    ScorerSettings settings, GateCatalog gates, IImageStore images, SourceShedding shedding, ScorerMetrics metrics, TimeProvider clock)
{
    private const int MaxNameLength = 128;
    private const string UnknownSource = "unknown";
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ImageLimits _limits = new() { MaxBytes = settings.MaxImageBytes, MaxPixels = settings.MaxImagePixels };

    /// <summary>Prepares one record.</summary>
    /// <exception cref="IOException">The image store cannot be reached.</exception>
    public async ValueTask<Intaken> PrepareAsync(ReceivedRecord record, CancellationToken cancellation)
    {
        var span = Traces.Process(record);
        var intaken = await PrepareAsync(record, span, cancellation);
        if (intaken.Rejection is not { } rejection) return intaken;
        span?.SetStatus(ActivityStatusCode.Error, rejection.Reason.WireName());
        span?.Dispose();
        return intaken;
    }

    private async ValueTask<Intaken> PrepareAsync(ReceivedRecord record, Activity? span, CancellationToken cancellation)
    {
        if (SourceOf(record) is not { } source)
            return Reject(record, DeadLetterReason.InvalidSource, "The source id (the record's key) is not text of 1 to 128 printable characters.");
        var imageId = ImageIdOf(record);
        if (shedding.Shed(source, imageId, record) is { } shed) return new(record, null, shed);
        var started = clock.GetTimestamp();
        var (kept, reference, rejection) = await KeptAsync(record, cancellation);
        using var returned = kept;
        started = Passed(ScorerMetrics.Read, started);
        if (rejection is not null) return new(record, null, rejection);

        var gate = gates.GateOf(source);
        var recipe = gate.Backbone.Recipe;
        using var decoded = ImageDecoder.Rent((reference is null ? record.Bytes : kept.Memory).Span, recipe.Decoding(_limits));
        started = Passed(ScorerMetrics.Decode, started);
        if (decoded.Fault is { } fault) return Reject(record, Reasons[fault], decoded.Detail ?? "");
        var pixels = gate.Inputs.Rent();
        recipe.Apply(decoded, pixels);
        Passed(ScorerMetrics.Preprocess, started);
        return new(record, new(record, imageId, source, gate, pixels, reference)
        {
            Size = (decoded.Width, decoded.Height), Span = span, Subject = SubjectOf(record),
        }, null);
    }

    /// <summary>Notes a stage that began then, and gives the moment the next one begins.</summary>
    private long Passed(string stage, long started)
    {
        var now = clock.GetTimestamp();
        metrics.Stage(stage, clock.GetElapsedTime(started, now));
        return now;
    }

    /// <summary>The bytes that a claim-check names; none where the record brings its own.</summary>
    private ValueTask<(RentedBytes Bytes, string? Reference, Rejection? Rejection)> KeptAsync(ReceivedRecord record, CancellationToken cancellation)
    {
        if (record.Bytes.Length > settings.MaxImageBytes)
            return new((default, null, new(DeadLetterReason.TooManyBytes, $"The image has {record.Bytes.Length} bytes; the limit is {settings.MaxImageBytes}.")));
        if (record.Bytes.Length > 0) return default;                         // what came inline is judged; a reference beside it may name another image
        return record.Header(RecordHeaders.DataReference) is { } reference
            ? FetchAsync(reference, cancellation)
            : new((default, null, new(DeadLetterReason.Empty, "The record has neither a value nor a claim-check.")));
    }

    private async ValueTask<(RentedBytes Bytes, string? Reference, Rejection? Rejection)> FetchAsync(string reference, CancellationToken cancellation)
    {
        var read = await images.RentAsync(reference, settings.MaxImageBytes, cancellation);
        return read.Fault switch
        {
            null => (read, reference, null),
            ImageStoreFault.NotFound => (default, null, new(DeadLetterReason.ClaimCheckNotFound, "The claim-check names nothing in the image store.")),
            ImageStoreFault.TooManyBytes => (default, null, new(DeadLetterReason.TooManyBytes, $"The image behind the claim-check exceeds {settings.MaxImageBytes} bytes.")),
            _ => (default, null, new(DeadLetterReason.ClaimCheckRefused, "The claim-check is not a reference of the image store.")),
        };
    }

    /// <summary>The key is the source; without a key the CloudEvents source; without either it is unknown, and the default gate judges.</summary>
    private static string? SourceOf(ReceivedRecord record)
    {
        if (record.Key is not { Length: > 0 } key) return Valid(record.Header(RecordHeaders.Source) ?? UnknownSource);
        try
        {
            return Valid(StrictUtf8.GetString(key));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string ImageIdOf(ReceivedRecord record) =>
        record.Header(RecordHeaders.Id) is { } id && Valid(id) is not null ? id : record.Position.ToString();

    /// <summary>The subject is for people alone, so that one which is no text is left out and costs no image.</summary>
    private static string? SubjectOf(ReceivedRecord record) => record.Header(RecordHeaders.Subject) is { } subject ? Valid(subject) : null;

    private static string? Valid(string name) => name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyInRange('\0', '\u001F') && !name.AsSpan().ContainsAnyInRange('\u007F', '\u009F') ? name : null;

    private static Intaken Reject(ReceivedRecord record, DeadLetterReason reason, string detail) => new(record, null, new(reason, detail));

    private static readonly Dictionary<ImageFault, DeadLetterReason> Reasons = new()
    {
        [ImageFault.Empty] = DeadLetterReason.Empty,
        [ImageFault.UnsupportedFormat] = DeadLetterReason.UnsupportedFormat,
        [ImageFault.Undecodable] = DeadLetterReason.Undecodable,
        [ImageFault.Truncated] = DeadLetterReason.Truncated,
        [ImageFault.TooManyBytes] = DeadLetterReason.TooManyBytes,
        [ImageFault.TooManyPixels] = DeadLetterReason.TooManyPixels,
        [ImageFault.ZeroSize] = DeadLetterReason.ZeroSize,
    };
}
