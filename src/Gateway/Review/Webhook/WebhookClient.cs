using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using Polly;
using Polly.Retry;

namespace MoodStream.Gateway.Review.Webhook;

/// <summary>How a delivery ended.</summary>
/// <param name="Attempts">Tries it took.</param>
/// <param name="Failure">Why it was given up; null where it was taken.</param>
internal readonly record struct WebhookOutcome(int Attempts, string? Failure);

/// <summary>Posts one decision, again and again with growing waits, until it is taken or given up.</summary>
/// <remarks>Follows no redirect and uses no proxy of the environment: it goes where the settings say, or nowhere. Thread-safety: any thread.</remarks>
internal sealed class WebhookClient : IDisposable
{
    private readonly WebhookSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger<WebhookClient> _log;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<string?> _tries;

    /// <summary>Prepares the client; nothing is connected yet.</summary>
    public WebhookClient(WebhookSettings settings, TimeProvider clock, ILogger<WebhookClient> log)
    {
        (_settings, _clock, _log) = (settings, clock, log);
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = 1,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = settings.Timeout,
        };
        var tries = new ResiliencePipelineBuilder<string?> { TimeProvider = clock };
        if (settings.Attempts > 1)
            tries.AddRetry(new RetryStrategyOptions<string?>
            {
                ShouldHandle = outcome => ValueTask.FromResult(outcome.Outcome.Exception is WebhookBusyException),
                MaxRetryAttempts = settings.Attempts - 1,
                Delay = settings.FirstWait,
                MaxDelay = settings.LongestWait,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        _tries = tries.Build();
    }

    /// <summary>Delivers one decision.</summary>
    /// <param name="id">Its id: the same for every try, so that a receiver may leave repeats out.</param>
    /// <param name="body">The record's value, as it is.</param>
    /// <param name="cancellation">Gives up without an outcome.</param>
    public async Task<WebhookOutcome> DeliverAsync(string id, byte[] body, CancellationToken cancellation)
    {
        var attempts = 0;
        try
        {
            var refused = await _tries.ExecuteAsync(token => TryAsync(id, body, ++attempts, token), cancellation);
            return new(attempts, refused);
        }
        catch (WebhookBusyException e)
        {
            return new(attempts, e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // Null: taken. Text: refused for good. A busy exception: may be taken later.
    private async ValueTask<string?> TryAsync(string id, byte[] body, int attempt, CancellationToken cancellation)
    {
        try
        {
            using var request = RequestOf(id, body);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.IsSuccessStatusCode) return null;
            var status = $"the receiver answered {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}";
            return IsPassing(response.StatusCode) ? throw Busy(id, attempt, status) : status;
        }
        catch (HttpRequestException e)
        {
            throw Busy(id, attempt, $"the receiver could not be reached: {e.HttpRequestError}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Busy(id, attempt, "the receiver did not answer in time");
        }
    }

    private HttpRequestMessage RequestOf(string id, byte[] body)
    {
        var now = _clock.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, _settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimeHeader, WebhookSignature.TimeOf(now));
        string[] secrets = _settings.PreviousSecret is { } before ? [_settings.Secret!, before] : [_settings.Secret!];
        request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(secrets, now, id, body));
        return request;
    }

    private static bool IsPassing(HttpStatusCode status) => (int)status >= 500
        || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status == 425;

    private WebhookBusyException Busy(string id, int attempt, string reason)
    {
        _log.WebhookRetried(id, attempt, reason);
        return new(reason);
    }

    // A name that leads to this machine, or to where clouds keep credentials, is none that the settings meant.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var named = context.InitialRequestMessage.RequestUri!.IsLoopback;
        var addresses = (await Dns.GetHostAddressesAsync(host, cancellation)).Where(address => MayConnect(address, named)).ToArray();
        if (addresses.Length == 0) throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{host} leads to no address that is allowed.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e);
        }
    }

    /// <summary>Whether an address may be connected to.</summary>
    /// <param name="address">The address that the host's name leads to.</param>
    /// <param name="loopbackNamed">Whether the settings name loopback itself.</param>
    internal static bool MayConnect(IPAddress address, bool loopbackNamed)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain)) return loopbackNamed;
        var bytes = plain.GetAddressBytes();
        return !plain.Equals(IPAddress.Any) && !plain.Equals(IPAddress.IPv6Any) && !plain.IsIPv6LinkLocal && !plain.IsIPv6Multicast
            && !(bytes.Length == 4 && (bytes is [169, 254, ..] or [0, ..] || bytes[0] >= 224));
    }

    private sealed class WebhookBusyException(string reason) : Exception(reason);
}
