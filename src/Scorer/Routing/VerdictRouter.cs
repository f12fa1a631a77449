using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Mood.Localisation;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.DeadLetters;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Records;

namespace MoodStream.Scorer.Routing;

/// <summary>Where the image store keeps what people need to look at an image.</summary>
/// <param name="Image">Claim-check of the image; null where it needs none.</param>
/// <param name="HeatMap">Claim-check of its heat map; null where there is none.</param>
public readonly record struct KeptImage(string? Image, string? HeatMap);

/// <summary>Sends every image to where it ends: accepted, review, or dead letters.</summary>
/// <remarks>
/// Done means: the broker has acknowledged the output, so that the input's offset may move.
/// Repeats: the same image gives an output with the same image id. On failure: throws; the record stays in flight.
/// </remarks>
public sealed class VerdictRouter(
    [FromKeyedServices(StreamingModule.Outputs)] IRecordProducer producer, DeadLetterWriter deadLetters, IImageStore images,
    ScorerMetrics metrics, TimeProvider clock)
{
    private static readonly KeyValuePair<string, byte[]?> SpecVersion = TextHeader.Of(RecordHeaders.SpecVersion, "1.0");
    private static readonly KeyValuePair<string, byte[]?> Type = TextHeader.Of(RecordHeaders.Type, EventTypes.ImageScored);
    private static readonly KeyValuePair<string, byte[]?> ContentType = TextHeader.Of(RecordHeaders.ContentType, "application/json");

    /// <summary>Keeps the bytes of an image that goes to review, since people must see what they review, and its heat map.</summary>
    /// <exception cref="IOException">The image store is full or unreachable.</exception>
    public async ValueTask<KeptImage> KeepAsync(ScoredImage scored, CancellationToken cancellation)
    {
        if (scored.DeviceFault is not null || !scored.Finite) return new(scored.Image.DataReference, null);
        var image = scored.Image.DataReference
            ?? (VerdictOf(scored) == Verdict.Review ? await images.PutAsync(scored.Image.Encoded, cancellation) : null);
        return new(image, scored.Patches is { } patches ? await images.PutAsync(HeatMapOf(patches, scored.Image), cancellation) : null);
    }

    /// <summary>Routes a scored image; one whose numbers are not finite becomes a dead letter.</summary>
    /// <param name="scored">The image.</param>
    /// <param name="kept">What <see cref="KeepAsync"/> gave for it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <remarks>The producer is called before this method first waits, so that outputs keep the order of the calls.</remarks>
    public Task RouteAsync(ScoredImage scored, KeptImage kept, CancellationToken cancellation) => scored switch
    {
        { DeviceFault: { } fault } => RejectAsync(
            scored.Image.Record, new(DeadLetterReason.DeviceFailed, $"The device failed on this image: {fault}"), cancellation),
        { Finite: false } => RejectAsync(
            scored.Image.Record, new(DeadLetterReason.NotFinite, "The image led to a feature or a score that is not a finite number."), cancellation),
        _ => WriteAsync(scored, kept, cancellation),
    };

    /// <summary>Routes an image that could not be judged.</summary>
    public async Task RejectAsync(ReceivedRecord record, Rejection rejection, CancellationToken cancellation)
    {
        await deadLetters.WriteAsync(record, rejection.Reason, rejection.Detail, cancellation);
        metrics.Ended(gate: "", ScorerMetrics.DeadLetter);
    }

    private static Verdict VerdictOf(ScoredImage scored) => scored.Judgement is { Accepted: true } ? Verdict.Accept : Verdict.Review;

    private async Task WriteAsync(ScoredImage scored, KeptImage kept, CancellationToken cancellation)
    {
        var (image, record, verdict) = (scored.Image, scored.Image.Record, VerdictOf(scored));
        var result = Describe(scored, verdict, kept);
        var value = JsonSerializer.SerializeToUtf8Bytes(result, WireJson.Default.ImageScored);
        var topic = verdict == Verdict.Accept ? Topics.Accepted : Topics.Review;
        await producer.WriteAsync(
            new(topic, record.Key, value, Headers(image, result)) { Input = record.Position }, cancellation);
        metrics.Ended(image.Gate.Name, verdict == Verdict.Accept ? ScorerMetrics.Accepted : ScorerMetrics.Review);
        metrics.Judged(image.Gate.Name, result, scored.State.Statistics);
    }

    private ImageScored Describe(ScoredImage scored, Verdict verdict, KeptImage kept)
    {
        var (image, statistics) = (scored.Image, scored.State.Statistics);
        return new()
        {
            ImageId = image.ImageId,
            Source = image.Source,
            Subject = image.Subject,
            Gate = image.Gate.Name,
            Verdict = verdict,
            Score = scored.Judgement?.Score,
            PValue = scored.Judgement?.PValue,
            Threshold = statistics?.Threshold,
            PromisedFalseAlarmRate = statistics?.TargetFalseAlarmRate,
            Detector = statistics?.Detector.Detector.Name,
            StatisticsVersion = statistics is null ? 0 : scored.State.Version,
            Unscored = scored.State.Problem,
            ModelHash = image.Gate.Backbone.ModelHash,
            PreprocessingHash = image.Gate.Backbone.PreprocessingHash,
            Feature = scored.Feature,
            NearestClass = scored.Judgement?.NearestClass,
            DataReference = kept.Image,
            HeatMapReference = kept.HeatMap,
            Position = image.Record.Position.ToString(),
            ReceivedAt = image.Record.Timestamp,
            ScoredAt = clock.GetUtcNow(),
        };
    }

    private static byte[] HeatMapOf(PatchDistances patches, PreparedImage image) =>
        HeatMapLayer.Png(patches.Map, patches.Scale, image.Gate.Backbone.Recipe, image.Size.Width, image.Size.Height);

    private static List<KeyValuePair<string, byte[]?>> Headers(PreparedImage image, ImageScored result)
    {
        var headers = new List<KeyValuePair<string, byte[]?>>(9)
        {
            SpecVersion,
            TextHeader.Of(RecordHeaders.Id, result.ImageId),
            TextHeader.Of(RecordHeaders.Source, result.Source),
            Type,
            TextHeader.Of(RecordHeaders.Time, result.ScoredAt),
            ContentType,
        };
        if (result.Subject is { } subject) headers.Add(TextHeader.Of(RecordHeaders.Subject, subject));
        if (result.DataReference is { } reference) headers.Add(TextHeader.Of(RecordHeaders.DataReference, reference));
        if ((image.Span?.Id ?? image.Record.Header(RecordHeaders.TraceParent)) is { } trace) headers.Add(TextHeader.Of(RecordHeaders.TraceParent, trace));
        return headers;
    }
}
