using MoodStream.Gateway.Http;
using MoodStream.Gateway.Telemetry;

namespace MoodStream.Gateway.Ingest;

/// <summary>Counts and logs what becomes of every image that is put in; each image is counted once.</summary>
internal sealed class IngestTelemetry(GatewayMetrics metrics, UploadMemory memory, ILogger<IngestTelemetry> log)
{
    /// <summary>An upload ended.</summary>
    public void Ended(ImageUpload upload, IngestOutcome outcome)
    {
        metrics.UploadMemoryBytes.Set(memory.ReservedBytes);
        if (outcome.Taken is { } taken)
        {
            metrics.Images.WithLabels(GatewayMetrics.Taken).Inc();
            metrics.ImageBytes.Inc(taken.SizeBytes);
            log.ImageTaken(taken.ImageId, taken.Source, taken.SizeBytes);
        }
        else
        {
            Refused(outcome.Refused!, upload.Source);
        }
    }

    /// <summary>Something was refused before it became an upload. A source that is no source id is not logged.</summary>
    public void Refused(Refusal refusal, string source = "")
    {
        metrics.Images.WithLabels(refusal.Kind.WireName()).Inc();
        log.ImageRefused(source, refusal.Kind.WireName());
    }

    /// <summary>The client went away.</summary>
    public void Abandoned()
    {
        metrics.UploadMemoryBytes.Set(memory.ReservedBytes);
        metrics.Images.WithLabels(GatewayMetrics.Abandoned).Inc();
    }

    /// <summary>The image store failed.</summary>
    public void StoreFailed(ImageUpload upload, Exception error) => log.ImageNotStored(error, upload.ImageId, upload.Source);

    /// <summary>The broker did not acknowledge.</summary>
    public void BrokerFailed(ImageUpload upload, Exception error) => log.ImageNotAcknowledged(error, upload.ImageId, upload.Source);
}
