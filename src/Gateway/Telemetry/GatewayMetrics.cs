using Prometheus;

namespace MoodStream.Gateway.Telemetry;

/// <summary>The gateway's metrics; names are spelled here and nowhere else.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>Label value of an image that the broker has acknowledged.</summary>
    public const string Taken = "taken";

    /// <summary>Label value of an image whose client went away before its body was read.</summary>
    public const string Abandoned = "abandoned";

    /// <summary>Label value of a decision that the webhook's receiver took.</summary>
    public const string Delivered = "delivered";

    /// <summary>Label value of a decision that went to the dead letters.</summary>
    public const string GivenUp = "given-up";

    /// <summary>Label value of a record that is no decision.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>Creates the metrics in a registry.</summary>
    public GatewayMetrics(IMetricFactory metrics)
    {
        Images = metrics.CreateCounter("moodstream_gateway_images_total",
            "Images by what became of them, counted when they are answered: taken, abandoned, or the name of the problem type.",
            ["outcome"]);
        ImageBytes = metrics.CreateCounter("moodstream_gateway_image_bytes_total",
            "Encoded bytes of the images that were taken, counted when the broker has acknowledged the record.");
        RequestSeconds = metrics.CreateHistogram("moodstream_gateway_request_duration_seconds",
            "Time from a request to its answer, by route and class of status (1xx to 5xx); the event stream is left out.",
            ["route", "status"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 15) });
        LiveRecords = metrics.CreateCounter("moodstream_gateway_live_records_total",
            "Records that the live feed has read: accept, review, dead-letter, repeated (an image id seen before) or unreadable.",
            ["outcome"]);
        EventClients = metrics.CreateGauge("moodstream_gateway_event_clients",
            "Clients of the event stream now.");
        EventsDropped = metrics.CreateCounter("moodstream_gateway_events_dropped_total",
            "Events that were dropped because a client read too slowly; it is told how many.");
        UploadMemoryBytes = metrics.CreateGauge("moodstream_gateway_upload_memory_bytes",
            "Bytes of memory that uploads hold, at the end of the latest one.");
        WebhookDecisions = metrics.CreateCounter("moodstream_gateway_webhook_decisions_total",
            "Decisions by what became of them at the webhook, counted at the end: delivered, given-up (in the dead letters) or unreadable.",
            ["outcome"]);
        WebhookAttempts = metrics.CreateCounter("moodstream_gateway_webhook_attempts_total",
            "Requests to the webhook's receiver, counted when a decision is delivered or given up.");
    }

    /// <summary>Images by outcome.</summary>
    public Counter Images { get; }

    /// <summary>Bytes taken.</summary>
    public Counter ImageBytes { get; }

    /// <summary>Request durations.</summary>
    public Histogram RequestSeconds { get; }

    /// <summary>Records of the live feed by outcome.</summary>
    public Counter LiveRecords { get; }

    /// <summary>Clients of the event stream.</summary>
    public Gauge EventClients { get; }

    /// <summary>Events dropped.</summary>
    public Counter EventsDropped { get; }

    /// <summary>Memory of uploads.</summary>
    public Gauge UploadMemoryBytes { get; }

    /// <summary>Decisions of the webhook by outcome.</summary>
    public Counter WebhookDecisions { get; }

    /// <summary>Requests of the webhook.</summary>
    public Counter WebhookAttempts { get; }
}
