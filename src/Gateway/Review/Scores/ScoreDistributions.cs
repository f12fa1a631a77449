using System.Globalization;
using Microsoft.Net.Http.Headers;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Caching;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Gateway.Review.Scores;

/// <summary>Serves score distributions. A version never changes, so each is read once and kept as its few numbers.</summary>
/// <remarks>Thread-safety: any thread; two that ask for a new one at a time may both read it.</remarks>
internal sealed class ScoreDistributions(IStatisticsStore statistics)
{
    /// <summary>Versions that are kept at most; beyond them the oldest is forgotten.</summary>
    private const int MostKept = 256;

    private readonly NewestKept<(string Gate, long Version), ScoreDistribution> _kept = new(MostKept);

    /// <summary>The distribution of a version, or of the active one; with cache headers, since only which one is active can change.</summary>
    public async Task<IResult> GetAsync(string gate, long? version, HttpContext context)
    {
        if (version < 1) return Refusal.OfQuery("version is from 1").ToResult(context);
        var wanted = version ?? (await statistics.ReadActiveAsync(gate, context.RequestAborted))?.Version;
        if (wanted is not { } number) return Missing("The gate has no active statistics.").ToResult(context);
        try
        {
            if (await FindAsync(gate, number, context.RequestAborted) is not { } found)
                return Missing($"Version {number} of the gate's statistics is not kept, or never was.").ToResult(context);
            var tag = new EntityTagHeaderValue($"\"{number.ToString(CultureInfo.InvariantCulture)}\"").ToString();
            context.Response.Headers.ETag = tag;
            context.Response.Headers.CacheControl = version is null ? "private, no-cache" : "private, max-age=86400, immutable";
            return context.Request.Headers.IfNoneMatch.ToString() == tag
                ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
                : TypedResults.Ok(found);
        }
        catch (InvalidDataException e)
        {
            return Missing($"Version {number} of the gate's statistics is damaged: {e.Message}").ToResult(context);
        }
    }

    private async Task<ScoreDistribution?> FindAsync(string gate, long version, CancellationToken cancellation)
    {
        if (_kept.TryGet((gate, version), out var kept)) return kept;
        if (await statistics.ReadBlobAsync(gate, version, cancellation) is not { } file) return null;
        var found = ScoreDistribution.Of(gate, version, CalibrationScores.Read(file));
        _kept.Add((gate, version), found);
        return found;
    }

    private static Refusal Missing(string detail) => new(ProblemKind.NoScoreDistribution, detail);
}
