using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Ingest;

/// <summary><c>POST /v1/sources/{source}/images</c>: HTTP on the outside, <see cref="ImageIngest"/> on the inside.</summary>
internal sealed class IngestEndpoint(
    GatewaySettings settings,
    ImageIngest ingest,
    MultipartIngest multipart,
    IImageIds ids,
    IngestTelemetry telemetry,
    TimeProvider clock)
{
    /// <summary>Answers one request.</summary>
    public async Task<IResult> PostAsync(string source, HttpContext context)
    {
        var request = context.Request;
        var refusal = RefuseByHeaders(source, request);
        var (requestId, refusedId) = ImageIdentity.Read(
            request.Headers[ImageIdentity.IdempotencyKey], request.Headers[ImageIdentity.CloudEventsId]);
        var (subject, refusedSubject) = ImageSubject.Read(request.Headers[ImageSubject.CloudEventsSubject]);
        refusal ??= refusedId ?? refusedSubject;
        var contentType = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        var mediaType = contentType?.MediaType.Value?.ToLowerInvariant();
        var severalImages = mediaType == MediaTypes.Multipart;
        refusal ??= severalImages ? ingest.RefuseBusy() : ingest.RefuseUnread(mediaType, request.ContentLength);
        if (refusal is not null)
        {
            telemetry.Refused(refusal);
            return refusal.ToResult(context);
        }
        LimitBody(context, severalImages ? settings.MaxRequestBytes : 2 * settings.MaxImageBytes);
        return severalImages
            ? await TakeSeveralAsync(new(source, requestId, subject), contentType!, context)
            : await TakeOneAsync(
                new(source, requestId ?? ids.Next(), subject, mediaType, request.ContentLength, clock.GetUtcNow(), request.Body), context);
    }

    private static Refusal? RefuseByHeaders(string source, HttpRequest request)
    {
        if (!SourceId.IsValid(source))
            return new(ProblemKind.InvalidSource, $"The source id in the path is not {SourceId.Rule}. Give the source such an id.");
        // A form on a foreign web page could post images to a gateway on loopback without asking; browsers say so here.
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            return new(ProblemKind.CrossSite,
                "The request comes from a web page of another origin. Send it from a program, or from this origin.");
        var encoding = request.Headers.ContentEncoding.ToString();
        return encoding is "" or "identity" ? null : new(ProblemKind.UnsupportedMediaType,
            "The body is compressed by a content encoding. Send the encoded image itself, without Content-Encoding.");
    }

    // For one image our own count is the limit; the server's counts the framing of chunks as well, so it is the wider one,
    // and only bounds what is drained after a refusal.
    private static void LimitBody(HttpContext context, long maxBytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = maxBytes;
    }

    private async Task<IResult> TakeOneAsync(ImageUpload upload, HttpContext context)
    {
        var outcome = await ingest.TakeAsync(upload, context.RequestAborted);
        if (outcome.Refused is { } no) return no.ToResult(context);
        return TypedResults.Accepted(outcome.Taken!.ResultLocation, outcome.Taken);
    }

    private async Task<IResult> TakeSeveralAsync(
        RequestNames names, MediaTypeHeaderValue contentType, HttpContext context)
    {
        var parts = await multipart.TakeAsync(names, contentType, context.Request.Body, context.RequestAborted);
        if (parts.Count == 0)
        {
            var none = new Refusal(ProblemKind.EmptyImage, "The multipart body has no part. Send every image as a part of its own.");
            telemetry.Refused(none);
            return none.ToResult(context);
        }
        var taken = parts.Count(part => part.Image is not null);
        if (taken == 0) return AllRefused(parts, context);
        var answer = new TakenParts { Source = names.Source, Taken = taken, Refused = parts.Count - taken, Images = parts };
        return TypedResults.Accepted(taken == 1 ? parts.First(p => p.Image is not null).Image!.ResultLocation : Routes.Results, answer);
    }

    private ProblemHttpResult AllRefused(List<PartOutcome> parts, HttpContext context)
    {
        var first = parts[0].Problem!;
        if (parts.Any(part => part.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable))
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(settings.RetryAfter.TotalSeconds)).ToString("0");
        return TypedResults.Problem(new ProblemDetails
        {
            Type = first.Type,
            Title = first.Title,
            Status = first.Status,
            Detail = $"None of the {parts.Count} parts was taken. The first: {first.Detail}",
            Instance = context.Request.Path,
            Extensions = { ["images"] = parts },
        });
    }
}
