using System.ComponentModel.DataAnnotations;
using System.Net;
using MoodStream.Streaming.Settings;

namespace MoodStream.Gateway.Settings;

/// <summary>Who may reach the gateway and how people sign in, section <c>MoodStream:Access</c>.</summary>
public sealed record AccessSettings : ICheckedSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "MoodStream:Access";

    /// <summary>
    /// Whether putting images in and the live view ask who is there, too: the role Ingest for the one, a reviewing role and every gate
    /// for the other. Default false. Turn it on where others than this machine reach the gateway.
    /// </summary>
    public bool GuardImages { get; init; }

    /// <summary>
    /// Address under which people reach the gateway where it is not <c>MoodStream:Gateway:Url</c>, such as
    /// <c>https://mood.example</c> in front of a proxy that ends TLS. With https cookies are sent over TLS alone. Default: as asked.
    /// </summary>
    public string? PublicUrl { get; init; }

    /// <summary>Addresses of proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed. Default none.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Folder for the keys that protect cookies; only the gateways may read it. Default: in Redis.</summary>
    public string? KeyFolder { get; init; }

    /// <summary>How long a session lasts without a request. Default 30 min, from 1 min to 12 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "12:00:00")]
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a session lasts at most. Default 12 h, from 1 min to 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan SessionLimit { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Tries to sign in per minute and address, over which 429 is answered. Default 10, from 1 to 1,000.</summary>
    [Range(1, 1_000)]
    public int SignInsPerMinute { get; init; } = 10;

    /// <summary>The organisation's own sign-in, by OpenID Connect.</summary>
    public OidcSettings Oidc { get; init; } = new();

    /// <summary>Whether people reach the gateway by TLS alone, as far as the settings say.</summary>
    internal bool Tls => PublicUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        if (PublicUrl is not null && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && WebAddress.IsSafe(url) && url.PathAndQuery == "/"))
            yield return new(nameof(PublicUrl), PublicUrl, "an https address without a path, or http on loopback");
        foreach (var proxy in TrustedProxies.Where(p => !IPAddress.TryParse(p, out _)))
            yield return new(nameof(TrustedProxies), proxy, "addresses such as 10.0.0.7");
        if (SessionLimit < SessionIdle)
            yield return new(nameof(SessionLimit), SessionLimit, $"at least {nameof(SessionIdle)}, {SessionIdle}");
    }
}

/// <summary>The organisation's own sign-in: tokens of machines and people, and the way to a session in the browser.</summary>
public sealed record OidcSettings : ICheckedSettings
{
    /// <summary>A claim's value that stands for every gate.</summary>
    internal const string EveryGate = "*";

    /// <summary>Address of the provider, whose <c>/.well-known/openid-configuration</c> is read. None: no OpenID Connect.</summary>
    public string? Authority { get; init; }

    /// <summary>What access tokens must be made out to. Needed with <see cref="Authority"/>.</summary>
    public string? Audience { get; init; }

    /// <summary>This gateway's name at the provider, for sign-in in the browser (code flow with PKCE). None: tokens alone.</summary>
    public string? ClientId { get; init; }

    /// <summary>This gateway's secret at the provider; none for a public client.</summary>
    [SecretSetting]
    public string? ClientSecret { get; init; }

    /// <summary>What is asked for at sign-in. Default: openid, profile.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "profile"];

    /// <summary>
    /// Claim with the name that goes into decisions and the audit trail. Default sub, which is never given to another person; take a
    /// claim that people can change at the provider, and they can act under the name of another.
    /// </summary>
    [Required]
    public string NameClaim { get; init; } = "sub";

    /// <summary>Claim with the roles. Default roles.</summary>
    [Required]
    public string RoleClaim { get; init; } = "roles";

    /// <summary>Claim with the gates; who has none sees none. Default gates; empty: everybody sees every gate.</summary>
    public string GateClaim { get; init; } = "gates";

    /// <summary>Which values of the claim make a role, by the role's name. Default: the roles' own names.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Roles { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Which values of the claim open a gate, by the gate's name, <c>*</c> for every gate. Default: the gates' own names.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Gates { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How far the clocks of the provider and the gateway may differ. Default 30 s, up to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether there is a provider.</summary>
    internal bool Enabled => Authority is not null;

    /// <summary>Whether people may sign in with it in the browser.</summary>
    internal bool InBrowser => Enabled && ClientId is not null;

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        if (Authority is not null && !(Uri.TryCreate(Authority, UriKind.Absolute, out var url) && WebAddress.IsSafe(url)))
            yield return new(nameof(Authority), Authority, "an https address, or http on loopback");
        if (Enabled && string.IsNullOrWhiteSpace(Audience))
            yield return new(nameof(Audience), Audience, $"a value, with {nameof(Authority)}");
        if (!Enabled && (ClientId ?? Audience) is { } lonely)
            yield return new(ClientId is null ? nameof(Audience) : nameof(ClientId), lonely, $"with {nameof(Authority)} only");
        if (ClientSecret is not null && ClientId is null)
            yield return new(nameof(ClientSecret), "***", $"with {nameof(ClientId)} only");
        if (!Scopes.Contains("openid"))
            yield return new(nameof(Scopes), string.Join(", ", Scopes), "openid among them");
        foreach (var role in Roles.Keys.Where(r => !Enum.GetNames<ReviewRole>().Contains(r, StringComparer.OrdinalIgnoreCase)))
            yield return new($"{nameof(Roles)}:{role}", role, string.Join(", ", Enum.GetNames<ReviewRole>()));
        foreach (var (name, values) in Roles.Concat(Gates).Where(map => map.Value.Count == 0))
            yield return new($"{(Roles.ContainsKey(name) ? nameof(Roles) : nameof(Gates))}:{name}", "none", "one value of the claim or more");
    }
}
