using MoodStream.Contracts;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Gateway.Ingest;

/// <summary>Takes one image in: bytes to a record that the broker has acknowledged, or a refusal.</summary>
/// <remarks>
/// Called: once per image, from any thread.
/// Done means: all in-sync replicas have the record, and the image store has the bytes it refers to.
/// Order: images of one source that are put in one after another keep that order. Repeats: the same image id twice makes
/// two records with one id; the results repeat the id.
/// On failure: a refusal, because every reason is expected; nothing is half in, except bytes in the store that no record names.
/// On cancellation: until the body is read nothing is in; after that the record is written all the same.
/// </remarks>
internal sealed class ImageIngest(
    GatewaySettings settings,
    IIngressPressure pressure,
    SourceQuota quota,
    UploadMemory memory,
    IImageStore store,
    IRecordProducer producer,
    IngestTelemetry telemetry)
{
    /// <summary>Takes the image in.</summary>
    /// <exception cref="OperationCanceledException">The client went away before its body was read.</exception>
    public async Task<IngestOutcome> TakeAsync(ImageUpload upload, CancellationToken cancellation)
    {
        try
        {
            var outcome = await TryTakeAsync(upload, cancellation);
            telemetry.Ended(upload, outcome);
            return outcome;
        }
        catch (OperationCanceledException)
        {
            telemetry.Abandoned();
            throw;
        }
    }

    /// <summary>Why this upload is refused before one byte of it is read; null where it is not.</summary>
    public Refusal? RefuseUnread(string? declaredMediaType, long? declaredBytes)
    {
        if (declaredMediaType is null || !MediaTypes.OneImage.Contains(declaredMediaType))
            return Unsupported($"The declared media type is {(declaredMediaType is null ? "absent" : "none of an image")}.");
        if (declaredBytes == 0) return Empty();
        return declaredBytes > settings.MaxImageBytes ? TooLarge($"It declares {declaredBytes} bytes") : RefuseBusy();
    }

    /// <summary>Why nothing comes in while the gate is behind; null while it keeps up.</summary>
    public Refusal? RefuseBusy() => pressure.Refusal is not { } why ? null : new(
        ProblemKind.IngressBusy,
        $"Nothing is taken in now: {why}. Send the image again after the time in Retry-After.",
        pressure.RetryAfter);

    private async Task<IngestOutcome> TryTakeAsync(ImageUpload upload, CancellationToken cancellation)
    {
        if (RefuseUnread(upload.DeclaredMediaType, upload.DeclaredBytes) is { } unread) return unread;
        if (quota.Take(upload.Source) is { } over) return over;
        UploadedBytes? bytes;
        UploadFault? fault;
        try
        {
            (bytes, fault) = await UploadedBytes.ReadAsync(upload.Body, settings.MaxImageBytes, memory, cancellation);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge("The request has more");
        }
        catch (IOException e)
        {
            return new Refusal(ProblemKind.IncompleteBody, $"The body could not be read to its end: {e.Message} Send it again.");
        }
        if (fault is { } why) return Explain(why);
        using (bytes) return await KeepAsync(upload, bytes!.Bytes);
    }

    private async Task<IngestOutcome> KeepAsync(ImageUpload upload, ReadOnlyMemory<byte> bytes)
    {
        var found = MediaTypes.Sniff(bytes.Span);
        if (found is null) return Unsupported("The bytes begin as no known image format.");
        if (upload.DeclaredMediaType != MediaTypes.Unknown && upload.DeclaredMediaType != found)
            return Unsupported($"It is declared as {upload.DeclaredMediaType}, but its bytes begin as {found}.");
        string? reference = null;
        try
        {
            if (bytes.Length > settings.InlineLimitBytes) reference = await store.PutAsync(bytes, CancellationToken.None);
        }
        catch (IOException e)
        {
            telemetry.StoreFailed(upload, e);
            return new Refusal(ProblemKind.ImageStoreUnavailable,
                "The image could not be stored. Send it again after the time in Retry-After.", settings.RetryAfter);
        }
        return await WriteAsync(upload, found, bytes, reference);
    }

    private async Task<IngestOutcome> WriteAsync(ImageUpload upload, string mediaType, ReadOnlyMemory<byte> bytes, string? reference)
    {
        using var span = Traces.Send(Topics.Images);                     // current from here: the record's headers name it
        var record = new ImageEvent
        {
            ImageId = upload.ImageId,
            Source = upload.Source,
            Subject = upload.Subject,
            ReceivedAt = upload.ReceivedAt,
            MediaType = mediaType,
            DataReference = reference,
        }.ToRecord(bytes);
        try
        {
            // Not cancelled with the request: a record on its way cannot be called back, so its fate is waited for.
            await producer.WriteAsync(record, CancellationToken.None);
        }
        catch (RecordNotWrittenException e) when (e.TooLarge)
        {
            telemetry.BrokerFailed(upload, e);
            return TooLarge("The record is larger than the broker takes, whose limit is below the setting InlineLimitBytes; it has more");
        }
        catch (RecordNotWrittenException e)
        {
            telemetry.BrokerFailed(upload, e);
            return new Refusal(ProblemKind.BrokerUnavailable,
                "Kafka did not acknowledge the record. Send the image again, with the same Idempotency-Key, "
                + "after the time in Retry-After.",
                settings.RetryAfter);
        }
        return new(new()
        {
            ImageId = upload.ImageId,
            Source = upload.Source,
            MediaType = mediaType,
            SizeBytes = bytes.Length,
            DataReference = reference,
            ResultLocation = Routes.Result(upload.ImageId),
        }, null);
    }

    private Refusal Explain(UploadFault fault) => fault switch
    {
        UploadFault.Empty => Empty(),
        UploadFault.TooLarge => TooLarge("It has more"),
        UploadFault.MemoryFull => new(ProblemKind.UploadMemoryFull,
            "All uploads together hold as much memory as they may. Send the image again after the time in Retry-After.",
            settings.RetryAfter),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not an upload fault."),
    };

    private static Refusal Empty() => new(ProblemKind.EmptyImage, "The body has no bytes. Send the encoded image as the body.");

    private Refusal TooLarge(string what) => new(ProblemKind.ImageTooLarge,
        $"{what}; at most {settings.MaxImageBytes} bytes are taken. "
        + $"Send a smaller image, or raise {GatewaySettings.Section}:{nameof(GatewaySettings.MaxImageBytes)}.");

    private static Refusal Unsupported(string what) => new(ProblemKind.UnsupportedMediaType,
        $"{what} Send JPEG, PNG, WebP, BMP or GIF, declared as what it is or as {MediaTypes.Unknown}, without content encoding.");
}
