using System.Security.Claims;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Oidc;

/// <summary>Turns the claims of the organisation's provider into who somebody is here.</summary>
internal sealed class ProviderPeople(AccessSettings settings, KeyRing keys)
{
    /// <summary>The person; or why the claims make none.</summary>
    public (ReviewPerson? Person, string? Refused) Of(ClaimsPrincipal claims)
    {
        var oidc = settings.Oidc;
        var name = claims.FindFirst(oidc.NameClaim)?.Value;
        if (string.IsNullOrWhiteSpace(name)) return (null, $"the claim {oidc.NameClaim} is missing");
        if (keys.Knows(name)) return (null, $"the claim {oidc.NameClaim} is the name of a key");
        return (new(name, RolesOf(claims, oidc), GatesOf(claims, oidc)), null);
    }

    private static List<ReviewRole> RolesOf(ClaimsPrincipal claims, OidcSettings oidc)
    {
        var values = ValuesOf(claims, oidc.RoleClaim);
        return oidc.Roles.Count > 0
            ? [.. oidc.Roles.Where(map => map.Value.Any(values.Contains)).Select(map => Enum.Parse<ReviewRole>(map.Key, ignoreCase: true))]
            : [.. Enum.GetValues<ReviewRole>().Where(role => values.Contains(role.ToString(), StringComparer.OrdinalIgnoreCase))];
    }

    // Nobody sees a gate by leaving the claim out.
    private static List<string>? GatesOf(ClaimsPrincipal claims, OidcSettings oidc)
    {
        if (oidc.GateClaim.Length == 0) return null;
        var values = ValuesOf(claims, oidc.GateClaim);
        List<string> gates = oidc.Gates.Count > 0
            ? [.. oidc.Gates.Where(map => map.Value.Any(values.Contains)).Select(map => map.Key)]
            : [.. values];
        return gates.Contains(OidcSettings.EveryGate) ? null : gates;
    }

    private static HashSet<string> ValuesOf(ClaimsPrincipal claims, string type) => [.. claims.FindAll(type).Select(claim => claim.Value)];
}
