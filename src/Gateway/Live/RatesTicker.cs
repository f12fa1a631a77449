using System.Net.ServerSentEvents;
using System.Text.Json;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Gateway.Live;

/// <summary>Tells every client of the event stream the newest rates once a second; it is the stream's heartbeat, too.</summary>
internal sealed class RatesTicker(
    LiveRates rates, LiveSubscribers subscribers, IIngressPressure pressure, TimeProvider clock) : BackgroundService
{
    /// <summary>Event type of rates.</summary>
    public const string RatesEvent = "rates";

    // Results may arrive some seconds after they ended; the client replaces these steps.
    private const int NewestSteps = 10;

    /// <summary>The rates with the ingress pressure of now.</summary>
    public RateSeries Read(RateResolution resolution, int? steps = null) =>
        rates.Read(resolution, steps) with { Lag = pressure.Lag, Accepting = pressure.Accepting };

    /// <summary>The rates of one gate with the ingress pressure of now.</summary>
    public GateRateSeries ReadGate(string gate, RateResolution resolution) => rates.ReadGate(gate, resolution) with { Lag = pressure.Lag };

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                rates.CountLag(pressure.Lag);
                if (subscribers.Any)
                    subscribers.Publish(new SseItem<string>(Json(Read(RateResolution.Second, NewestSteps)), RatesEvent));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private static string Json(RateSeries series) => JsonSerializer.Serialize(series, LiveJson.Default.RateSeries);
}
