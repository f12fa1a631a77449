using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Ingest;

/// <summary>Takes several images of one request in, one after another, so that at most one is held in memory.</summary>
internal sealed class MultipartIngest(
    GatewaySettings settings, ImageIngest ingest, IImageIds ids, IngestTelemetry telemetry, TimeProvider clock)
{
    private const int MostFileNameCharacters = 255;

    /// <summary>Takes the parts in until the body ends or cannot be read on; each part has its own outcome.</summary>
    /// <param name="names">What the request says of all its parts.</param>
    /// <param name="contentType">Content type with its boundary.</param>
    /// <param name="body">The body.</param>
    /// <param name="cancellation">The client went away.</param>
    public async Task<List<PartOutcome>> TakeAsync(
        RequestNames names, MediaTypeHeaderValue contentType, Stream body, CancellationToken cancellation)
    {
        var outcomes = new List<PartOutcome>();
        var boundary = HeaderUtilities.RemoveQuotes(contentType.Boundary).ToString();
        if (boundary.Length is 0 or > 70)
            return [Refuse(0, new(ProblemKind.InvalidMultipart, "The content type has no boundary of 1 to 70 characters. Send one."))];
        var reader = new MultipartReader(boundary, body);
        while (await ReadNextAsync(reader, outcomes, cancellation) is { } part)
        {
            if (outcomes.Count == settings.MaxPartsPerRequest)
            {
                outcomes.Add(Refuse(outcomes.Count, new(ProblemKind.InvalidMultipart,
                    $"A request has at most {settings.MaxPartsPerRequest} parts; from here on nothing was read. "
                    + "Send the rest in another request.")));
                break;
            }
            var (outcome, wasLast) = await TakePartAsync(names, outcomes.Count, part, cancellation);
            outcomes.Add(outcome);
            if (wasLast) break;
        }
        return outcomes;
    }

    private async Task<MultipartSection?> ReadNextAsync(
        MultipartReader reader, List<PartOutcome> outcomes, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellation);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            outcomes.Add(Refuse(outcomes.Count, new(ProblemKind.ImageTooLarge,
                $"The request has more than {settings.MaxRequestBytes} bytes; from here on nothing was read. "
                + "Send fewer images per request.")));
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            outcomes.Add(Refuse(outcomes.Count, new(ProblemKind.InvalidMultipart,
                $"From here on the body is not multipart/form-data: {e.Message} Check the boundary, and send these parts again.")));
        }
        return null;
    }

    private async Task<(PartOutcome Outcome, bool WasLast)> TakePartAsync(
        RequestNames names, int number, MultipartSection part, CancellationToken cancellation)
    {
        var name = FileNameOf(part);
        var headers = part.Headers ?? [];
        var (given, refused) = ImageIdentity.Read(
            headers.GetValueOrDefault(ImageIdentity.IdempotencyKey), headers.GetValueOrDefault(ImageIdentity.CloudEventsId));
        var (subject, refusedSubject) = ImageSubject.Read(headers.GetValueOrDefault(ImageSubject.CloudEventsSubject));
        if ((refused ?? refusedSubject) is { } why) return (Refuse(number, why, name), false);
        var imageId = given ?? (names.RequestId is null ? ids.Next() : $"{names.RequestId}.{number}");
        if (!ImageIdentity.IsValid(imageId))
            return (Refuse(number, new(ProblemKind.InvalidImageId,
                $"The id of part {number} would have more than 128 characters. Send a shorter one."), name), false);
        var declared = MediaTypeHeaderValue.TryParse(part.ContentType, out var type) ? type.MediaType.Value?.ToLowerInvariant() : null;
        var upload = new ImageUpload(names.Source, imageId, subject ?? names.Subject, declared, DeclaredBytes: null, clock.GetUtcNow(), part.Body);
        var outcome = await ingest.TakeAsync(upload, cancellation);
        if (outcome.Refused is not { } no)
            return (new() { Part = number, FileName = name, Status = StatusCodes.Status202Accepted, Image = outcome.Taken }, false);
        var refusedPart = new PartOutcome { Part = number, FileName = name, Status = no.Kind.Status(), Problem = no.ToDetails() };
        return (refusedPart, no.Kind == ProblemKind.IncompleteBody);
    }

    private PartOutcome Refuse(int number, Refusal refusal, string? fileName = null)
    {
        telemetry.Refused(refusal);
        return new() { Part = number, FileName = fileName, Status = refusal.Kind.Status(), Problem = refusal.ToDetails() };
    }

    private static string? FileNameOf(MultipartSection part)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)) return null;
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName);
        if (name.Length == 0) return null;
        return name.Length > MostFileNameCharacters ? name.Substring(0, MostFileNameCharacters) : name.ToString();
    }
}
