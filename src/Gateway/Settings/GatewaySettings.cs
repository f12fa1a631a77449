using System.ComponentModel.DataAnnotations;
using MoodStream.Streaming.Settings;

namespace MoodStream.Gateway.Settings;

/// <summary>Settings of the gateway, section <c>MoodStream:Gateway</c>; checked at the start, all at once.</summary>
public sealed record GatewaySettings : ICheckedSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "MoodStream:Gateway";

    /// <summary>
    /// Address to listen on. Default loopback, port 8080. Change it to serve other machines, behind TLS and authentication.
    /// </summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Most bytes of one encoded image. Default 32 MiB, from 1 KiB to 1 GiB.</summary>
    [Range(1L << 10, 1L << 30)]
    public long MaxImageBytes { get; init; } = 32L << 20;

    /// <summary>Most bytes of one multipart request with all its parts. Default 256 MiB, at least <see cref="MaxImageBytes"/>.</summary>
    public long MaxRequestBytes { get; init; } = 256L << 20;

    /// <summary>Most parts of one multipart request. Default 100, from 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int MaxPartsPerRequest { get; init; } = 100;

    /// <summary>
    /// Images up to this many bytes travel inside the record; larger ones go to the image store and the record carries a
    /// claim-check. Default 0: always a claim-check. Keep it below the broker's largest message.
    /// </summary>
    public long InlineLimitBytes { get; init; }

    /// <summary>
    /// Most bytes of memory that all uploads together may hold; more are asked to come back. Default 512 MiB, at least three
    /// times <see cref="MaxImageBytes"/>.
    /// </summary>
    public long UploadMemoryBytes { get; init; } = 512L << 20;

    /// <summary>
    /// What a client is told to wait when the broker, the image store or upload memory cannot take its image. Default 1 s,
    /// up to 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most images a second of one source, on average; more are refused with 429. Default 0: no limit.</summary>
    [Range(0.0, 100_000)]
    public double SourceRate { get; init; }

    /// <summary>Rates for single sources, by source id; 0 means no limit.</summary>
    public IReadOnlyDictionary<string, double> SourceRates { get; init; } = new Dictionary<string, double>();

    /// <summary>Images that a source may put in at once before its rate counts. Default 100, from 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int SourceBurst { get; init; } = 100;

    /// <summary>How many of the newest results the live page and its endpoints keep in memory. Default 500, from 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int LiveResults { get; init; } = 500;

    /// <summary>Where the live feed begins. Default the newest records; the all-in-one demo begins at the earliest.</summary>
    public LiveStart LiveStart { get; init; } = LiveStart.Latest;

    /// <summary>Most clients of the event stream at a time. Default 64, from 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int MaxEventClients { get; init; } = 64;

    /// <summary>Events that wait for one client before its oldest are dropped. Default 256, from 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int EventQueueLength { get; init; } = 256;

    /// <summary>Most images a second of this source; 0 means no limit.</summary>
    public double RateOf(string source) => SourceRates.TryGetValue(source, out var own) ? own : SourceRate;

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        foreach (var (source, rate) in SourceRates.Where(r => r.Value is not (>= 0 and <= 100_000)))
            yield return new($"{nameof(SourceRates)}:{source}", rate, "0 to 100,000 images a second");
        if (!IsListenUrl(Url)) yield return new(nameof(Url), Url, "an http or https address and a port, such as http://127.0.0.1:8080");
        if (MaxRequestBytes < MaxImageBytes)
            yield return new(nameof(MaxRequestBytes), MaxRequestBytes, $"at least {nameof(MaxImageBytes)}, {MaxImageBytes}");
        if (InlineLimitBytes < 0 || InlineLimitBytes > MaxImageBytes)
            yield return new(nameof(InlineLimitBytes), InlineLimitBytes, $"0 to {nameof(MaxImageBytes)}, {MaxImageBytes}");
        if (UploadMemoryBytes < 3 * MaxImageBytes)
            yield return new(
                nameof(UploadMemoryBytes), UploadMemoryBytes, $"at least three times {nameof(MaxImageBytes)}, {3 * MaxImageBytes}");
    }

    private static bool IsListenUrl(string? url)
    {
        // Kestrel takes + and * for "every address", which Uri does not know as hosts.
        var plain = url?.Replace("://+", "://0.0.0.0", StringComparison.Ordinal).Replace("://*", "://0.0.0.0", StringComparison.Ordinal);
        return Uri.TryCreate(plain, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.PathAndQuery == "/";
    }
}

/// <summary>Where the live feed begins to read.</summary>
public enum LiveStart
{
    /// <summary>At what is written from now on.</summary>
    Latest,

    /// <summary>At the earliest record that is kept.</summary>
    Earliest,
}
