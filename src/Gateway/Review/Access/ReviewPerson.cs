using System.Security.Claims;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Who asks, and what he, she or it may do.</summary>
/// <param name="Name">Name of the key, or of the person as the provider tells it.</param>
/// <param name="Roles">Roles.</param>
/// <param name="Gates">Gates that may be seen; null for all.</param>
internal sealed record ReviewPerson(string Name, IReadOnlyList<ReviewRole> Roles, IReadOnlyList<string>? Gates)
{
    private const string GateClaim = "moodstream:gate", EveryGate = "*";

    /// <summary>Every role there is: those of the administrator.</summary>
    public static IReadOnlyList<ReviewRole> EveryRole { get; } = Enum.GetValues<ReviewRole>();

    /// <summary>Whether a gate may be seen.</summary>
    public bool Sees(string gate) => Gates is null || Gates.Contains(gate, StringComparer.Ordinal);

    /// <summary>Whether all gates may be seen, those to come among them.</summary>
    public bool SeesAll => Gates is null;

    /// <summary>Who acts on a case.</summary>
    public CaseActor Actor => new(Name, Roles.Contains(ReviewRole.Senior));

    /// <summary>The person as the framework carries it.</summary>
    public ClaimsPrincipal ToPrincipal(string scheme) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.Name, Name),
            .. Roles.Select(role => new Claim(ClaimTypes.Role, role.ToString())),
            .. (Gates ?? [EveryGate]).Select(gate => new Claim(GateClaim, gate)),
        ], scheme));

    /// <summary>The person that the framework carries.</summary>
    public static ReviewPerson Of(ClaimsPrincipal principal)
    {
        string[] gates = [.. principal.FindAll(GateClaim).Select(claim => claim.Value)];
        return new(
            principal.Identity?.Name ?? string.Empty,
            [.. principal.FindAll(ClaimTypes.Role).Select(claim => Enum.Parse<ReviewRole>(claim.Value))],
            gates.Contains(EveryGate) ? null : gates);
    }
}
