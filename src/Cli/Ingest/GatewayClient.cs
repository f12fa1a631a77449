using System.Net;
using System.Text.Json;

namespace MoodStream.Cli.Ingest;

/// <summary>An encoded image on its way to the gateway.</summary>
/// <param name="Source">Source id.</param>
/// <param name="ImageId">Image id; the same image sent again has the same one, so that a repeat makes no second image.</param>
/// <param name="Bytes">The encoded bytes.</param>
internal sealed record OutgoingImage(string Source, string ImageId, byte[] Bytes)
{
    /// <summary>What of the source it shows; null where nobody says.</summary>
    public string? Subject { get; init; }
}

/// <summary>Puts images in through the gateway, and waits as long as it must where the gateway is busy or away.</summary>
/// <remarks>
/// Done means: Kafka has acknowledged the record, or the gateway will never take this image. Repeats: the image id is the
/// idempotency key. Thread-safety: any thread. The owner disposes the HTTP client.
/// </remarks>
internal sealed class GatewayClient(HttpClient http, TimeProvider clock)
{
    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));

    /// <summary>Sends until the image is taken or refused for good.</summary>
    /// <returns>Null where it was taken; otherwise why it was refused.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the image may have been taken.</exception>
    public async Task<string?> SendAsync(OutgoingImage image, CancellationToken cancellation)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await TryAsync(image, cancellation);
            if (answer is { Again: false }) return answer.Refusal;
            await Task.Delay(answer.Pause ?? Pause(tries), clock, cancellation);
        }
    }

    /// <summary>The wait before try n + 2: doubling from 0.2 s to 30 s.</summary>
    internal static TimeSpan Pause(int tries) => Waits.Pause(tries);

    private async Task<Answer> TryAsync(OutgoingImage image, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/sources/{Uri.EscapeDataString(image.Source)}/images");
            request.Headers.Add("Idempotency-Key", image.ImageId);
            if (image.Subject is { } subject) request.Headers.Add("ce-subject", subject);
            request.Content = new ByteArrayContent(image.Bytes) { Headers = { ContentType = new("application/octet-stream") } };
            using var response = await http.SendAsync(request, cancellation);
            if (response.IsSuccessStatusCode) return new(Again: false, null, null);
            return response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
                ? new(Again: true, null, response.Headers.RetryAfter?.Delta)
                : new(Again: false, await ReasonAsync(response, cancellation), null);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new(Again: true, null, null);                     // no gateway there, or it did not answer in time
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.GetProperty("detail").GetString() ?? $"{response.StatusCode}";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{(int)response.StatusCode} {response.ReasonPhrase}";
        }
    }

    private sealed record Answer(bool Again, string? Refusal, TimeSpan? Pause);
}
