using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Sessions;

/// <summary>Who is there.</summary>
/// <param name="Person">Name.</param>
/// <param name="Roles">Roles.</param>
/// <param name="Gates">Gates that may be seen; absent for all.</param>
/// <param name="CsrfToken">To be sent as <c>X-CSRF-Token</c> with every change; absent for keys and tokens, which need none.</param>
/// <param name="EndsAt">When the session ends at the latest, UTC; absent for keys and tokens.</param>
internal sealed record SessionView(
    string Person, IReadOnlyList<ReviewRole> Roles, IReadOnlyList<string>? Gates, string? CsrfToken, DateTimeOffset? EndsAt);

/// <summary>The ways to a session at this gateway.</summary>
/// <param name="Password">Whether there is a local administrator with a password.</param>
/// <param name="Provider">Whether the organisation's provider is asked at <c>GET /v1/session/provider</c>.</param>
internal sealed record SignInWays(bool Password, bool Provider);

/// <summary>Name and password.</summary>
/// <param name="Name">Name.</param>
/// <param name="Password">Password.</param>
internal sealed record SignInRequest(string? Name, string? Password);

/// <summary>A password that was made.</summary>
/// <param name="Password">The password; it is shown this once.</param>
internal sealed record NewPassword(string Password);

/// <summary>The session has ended here.</summary>
/// <param name="Provider">Where the browser goes to end it at the organisation's provider, too.</param>
internal sealed record SignedOut(string Provider);

/// <summary>Source-generated JSON of sessions.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SignInWays))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(NewPassword))]
[JsonSerializable(typeof(SignedOut))]
internal sealed partial class SessionJson : JsonSerializerContext;
