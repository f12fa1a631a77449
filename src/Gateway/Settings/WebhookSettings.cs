using System.ComponentModel.DataAnnotations;
using MoodStream.Streaming.Settings;

namespace MoodStream.Gateway.Settings;

/// <summary>Where decisions are told by HTTP, section <c>MoodStream:Webhook</c>.</summary>
public sealed record WebhookSettings : ICheckedSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "MoodStream:Webhook";

    /// <summary>Address that every decision is posted to: https, or http on loopback. None: no webhook.</summary>
    public string? Url { get; init; }

    /// <summary>Hosts that <see cref="Url"/> may lead to, without ports; loopback needs no mention. Default none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Secret that decisions are signed with, 32 characters or more. Needed with <see cref="Url"/>.</summary>
    [SecretSetting]
    public string? Secret { get; init; }

    /// <summary>The secret before, which signs too while receivers change over. Default none.</summary>
    [SecretSetting]
    public string? PreviousSecret { get; init; }

    /// <summary>Longest one try may take. Default 10 s, from 0.1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Tries before a decision goes to the dead letters. Default 8, from 1 to 20.</summary>
    [Range(1, 20)]
    public int Attempts { get; init; } = 8;

    /// <summary>Wait before the second try; it doubles with each, up to <see cref="LongestWait"/>. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two tries. Default 1 min, up to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        if (Url is null) yield break;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var address) || !WebAddress.IsSafe(address))
            yield return new(nameof(Url), Url, "an https address without a user in it, or http on loopback");
        else if (!address.IsLoopback && !AllowedHosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase))
            yield return new(nameof(AllowedHosts), string.Join(", ", AllowedHosts), $"{address.Host} among them, the host of {nameof(Url)}");
        if (Secret is not { Length: >= 32 })
            yield return new(nameof(Secret), "***", $"32 characters or more, with {nameof(Url)}");
        if (PreviousSecret is { Length: < 32 })
            yield return new(nameof(PreviousSecret), "***", "32 characters or more, or none");
    }
}
