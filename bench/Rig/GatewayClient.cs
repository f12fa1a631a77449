using System.Net;
using System.Net.Http.Headers;

namespace MoodStream.Bench.Rig;

/// <summary>What a gateway answered.</summary>
/// <param name="Status">Its status; null where it did not answer.</param>
/// <param name="RetryAfter">When it asks to try again; null where it does not.</param>
internal readonly record struct GatewayAnswer(HttpStatusCode? Status, TimeSpan? RetryAfter)
{
    /// <summary>Whether the image is in.</summary>
    public bool Taken => Status == HttpStatusCode.Accepted;
}

/// <summary>Puts images in by HTTP, as a camera does.</summary>
/// <remarks>Thread-safety: every member may be called from any thread.</remarks>
internal sealed class GatewayClient(Uri gateway) : IDisposable
{
    private const string Identity = "Idempotency-Key";

    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Puts one image in.</summary>
    /// <param name="source">Source id.</param>
    /// <param name="id">Image id.</param>
    /// <param name="bytes">Encoded image.</param>
    /// <param name="mediaType">What it is declared as.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<GatewayAnswer> PutAsync(string source, string id, byte[] bytes, string mediaType, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, $"/v1/sources/{source}/images"));
        request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
        request.Headers.TryAddWithoutValidation(Identity, id);
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            return new(response.StatusCode, response.Headers.RetryAfter?.Delta);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return new(null, null);
        }
    }

    /// <summary>Waits until the gateway takes traffic.</summary>
    public async Task ReadyAsync(TimeProvider clock, CancellationToken cancellation)
    {
        while (!await IsReadyAsync(cancellation)) await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using var response = await _client.GetAsync(new Uri(gateway, "/health/ready"), cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
