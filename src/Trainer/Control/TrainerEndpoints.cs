using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MoodStream.Contracts;
using MoodStream.Streaming.Drift;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Drift;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Control;

/// <summary>Asks for a refit.</summary>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="By">Who asks.</param>
internal sealed record RefitRequestBody(string Reason, string By);

/// <summary>Takes images back: those of a source, of a span of time, or both.</summary>
/// <param name="Source">Source; null for all.</param>
/// <param name="From">First instant, UTC; null from the beginning.</param>
/// <param name="To">First instant that stays, UTC; null for no end.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="By">Who takes them back.</param>
internal sealed record RecallBody(string? Source, DateTimeOffset? From, DateTimeOffset? To, string Reason, string By);

/// <summary>JSON of the requests.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RefitRequestBody))]
[JsonSerializable(typeof(RecallBody))]
[JsonSerializable(typeof(RefitRequested))]
[JsonSerializable(typeof(ImageRecall))]
[JsonSerializable(typeof(RefitRecord))]
internal sealed partial class ControlJson : JsonSerializerContext;

/// <summary>Requests that a trainer takes by HTTP: refit a gate, unlearn images, answer drift, tell how the latest refit went and what drifts.</summary>
/// <remarks>
/// Without a control key they are taken from this machine alone; with one, whoever carries it may ask. Bodies have to be JSON by their
/// media type, so that no web page can send one in a browser's name.
/// </remarks>
internal static class TrainerEndpoints
{
    private const string Bearer = "Bearer ";

    /// <summary>Maps them.</summary>
    public static void MapControl(this IEndpointRouteBuilder app)
    {
        var gate = app.MapGroup("/v1/gates/{gate}").AddEndpointFilter(AuthoriseAsync);
        gate.MapPost("/refits", AskAsync);
        gate.MapGet("/refits/latest", LatestAsync);
        gate.MapPost("/recalls", RecallAsync);
        gate.MapGet("/drift", EpisodesAsync);
        gate.MapPost("/drift", DecideAsync);
    }

    private static async Task<IResult> AskAsync(
        string gate, HttpRequest request, IStatisticsStore statistics, RefitRequests requests, TimeProvider clock, CancellationToken cancellation)
    {
        if (await BodyAsync(request, ControlJson.Default.RefitRequestBody, cancellation) is not { } body || Blank(body.Reason, body.By))
            return Invalid("a JSON body with 'reason' and 'by' is wanted");
        if (!(await statistics.ListGatesAsync(cancellation)).Contains(gate)) return NoGate(gate);
        var now = clock.GetUtcNow();
        var asked = new RefitRequested { RequestId = Identity(gate, body.ToString(), now), Gate = gate, Reason = body.Reason, By = body.By, At = now, TraceParent = Traces.Current };
        await requests.AddAsync(asked, cancellation);
        return TypedResults.Json(asked, ControlJson.Default.RefitRequested, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> RecallAsync(
        string gate, HttpRequest request, IStatisticsStore statistics, RecallStore recalls, TimeProvider clock, CancellationToken cancellation)
    {
        if (await BodyAsync(request, ControlJson.Default.RecallBody, cancellation) is not { } body || Blank(body.Reason, body.By))
            return Invalid("a JSON body with 'reason', 'by', and 'source', 'from' or 'to' is wanted");
        if (body is { Source: null, From: null, To: null }) return Invalid("give 'source', 'from' or 'to': a recall of everything is none");
        if (body.From >= body.To) return Invalid("'from' must lie before 'to'");
        if (!(await statistics.ListGatesAsync(cancellation)).Contains(gate)) return NoGate(gate);
        var now = clock.GetUtcNow();
        var recall = new ImageRecall
        {
            Id = Identity(gate, body.ToString(), now), Source = body.Source, From = body.From, To = body.To, Reason = body.Reason, By = body.By, At = now,
        };
        await recalls.AddAsync(gate, recall, cancellation);
        return TypedResults.Json(recall, ControlJson.Default.ImageRecall, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> LatestAsync(string gate, RefitStore refits, CancellationToken cancellation) =>
        await refits.ReadAsync(gate, cancellation) is { } refit
            ? TypedResults.Json(refit, ControlJson.Default.RefitRecord)
            : TypedResults.Problem($"Gate {gate} has had no refit.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<IResult> EpisodesAsync(
        string gate, IStatisticsStore statistics, DriftEpisodes episodes, CancellationToken cancellation) =>
        (await statistics.ListGatesAsync(cancellation)).Contains(gate)
            ? TypedResults.Json(await episodes.ReadAsync(gate, cancellation), WireJson.Default.IReadOnlyListDriftEpisode)
            : NoGate(gate);

    private static async Task<IResult> DecideAsync(
        string gate, HttpRequest request, DriftMemory drift, CancellationToken cancellation)
    {
        if (await BodyAsync(request, DriftJson.Default.DriftDecisionBody, cancellation) is not { } body
            || Blank(body.Source, body.Reason, body.By))
            return Invalid("a JSON body with 'source', 'decision' (keep, accept or hold), 'reason' and 'by' is wanted");
        return await drift.DecideAsync(gate, body, cancellation)
            ? TypedResults.NoContent()
            : TypedResults.Problem(
                $"Source '{body.Source}' of gate '{gate}' neither drifts nor is watched by this trainer.", statusCode: StatusCodes.Status404NotFound);
    }

    private static async ValueTask<object?> AuthoriseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var key = http.RequestServices.GetRequiredService<TrainerSettings>().ControlKey;
        var allowed = key is null
            ? http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from)
            : http.Request.Headers.Authorization.ToString() is var given && given.StartsWith(Bearer, StringComparison.Ordinal)
                && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given[Bearer.Length..]), Encoding.UTF8.GetBytes(key));
        return allowed
            ? await next(context)
            : TypedResults.Problem(
                key is null ? "Requests come from this machine alone until MoodStream:Trainer:ControlKey is set." : "The control key is wanted as a bearer token.",
                statusCode: StatusCodes.Status401Unauthorized);
    }

    private static async Task<T?> BodyAsync<T>(HttpRequest request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return request.HasJsonContentType() ? await request.ReadFromJsonAsync(type, cancellation) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static bool Blank(params string[] texts) => texts.Any(string.IsNullOrWhiteSpace);

    private static ProblemHttpResult Invalid(string wanted) => TypedResults.Problem($"Not understood: {wanted}.", statusCode: StatusCodes.Status400BadRequest);

    private static ProblemHttpResult NoGate(string gate) =>
        TypedResults.Problem($"There is no gate '{gate}' with statistics.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>The same request at the same instant is one: its id follows from it.</summary>
    private static string Identity(string gate, string body, DateTimeOffset now) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{gate}\n{body}\n{now:O}")))[..32];
}
