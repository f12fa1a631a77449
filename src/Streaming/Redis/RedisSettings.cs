using System.ComponentModel.DataAnnotations;
using MoodStream.Streaming.Settings;

namespace MoodStream.Streaming.Redis;

/// <summary>How to reach Redis. Section <c>MoodStream:Redis</c>.</summary>
public sealed record RedisSettings : ICheckedSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Redis";

    /// <summary>Servers, <c>host:port</c> separated by commas. Default: the embedded Redis.</summary>
    [Required]
    [RegularExpression(@"[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*")]
    public string Address { get; init; } = "127.0.0.1:29379";

    /// <summary>User of the access-control list; null for the default user.</summary>
    public string? User { get; init; }

    /// <summary>Password; null for none.</summary>
    [SecretSetting]
    public string? Password { get; init; }

    /// <summary>Whether the connection is encrypted. Default false.</summary>
    public bool Tls { get; init; }

    /// <summary>
    /// File (PEM) with the certificate of the authority that vouches for Redis, where that is one of your own. Default: the authorities
    /// of the system.
    /// </summary>
    public string? TlsAuthority { get; init; }

    /// <summary>Longest a connection is tried before the next try. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest one command waits for its answer. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Tries of a command after the first one failed for want of a connection. Default 4, with growing waits.</summary>
    [Range(0, 20)]
    public int Retries { get; init; } = 4;

    /// <summary>Wait before the first retry; it doubles each time. Default 0.2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:30")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the active statistics are asked for, besides being told by pub/sub; each wait varies by a fifth. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:10:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Activations remembered per gate. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int HistoryLength { get; init; } = 1_000;

    /// <summary>
    /// Newest statistics versions kept per gate, a few MiB each; older ones are removed when a version is published. Default 20. The
    /// active version, the one approved last, and those of <see cref="KeptParents"/> are kept besides.
    /// </summary>
    [Range(2, 10_000)]
    public int KeptVersions { get; init; } = 20;

    /// <summary>
    /// Versions behind the active one that are kept however old they are: those it was made from, and those a roll-back would go to.
    /// Default 5.
    /// </summary>
    [Range(1, 1_000)]
    public int KeptParents { get; init; } = 5;

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        if (TlsAuthority is null) yield break;
        if (!Tls) yield return new(nameof(TlsAuthority), TlsAuthority, $"with {nameof(Tls)} only");
        if (!File.Exists(TlsAuthority)) yield return new(nameof(TlsAuthority), TlsAuthority, "an existing file (.pem)");
    }

    /// <summary>Where it leads; no secret.</summary>
    public override string ToString() => Address;
}
