using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Caching;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Features;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Api;

/// <summary>A case that is like another one.</summary>
/// <param name="Case">The case.</param>
/// <param name="Distance">Distance of the features, relative to the median distance between the gate's waiting cases; 0 is the same.</param>
internal sealed record SimilarCase(CaseView Case, double Distance);

/// <summary>Cases that are like one case, and that the caller may decide with it.</summary>
/// <param name="Considered">How many waiting cases were compared.</param>
/// <param name="Cases">The most alike first.</param>
internal sealed record SimilarToCase(int Considered, IReadOnlyList<SimilarCase> Cases);

/// <summary>Cases that are alike.</summary>
/// <param name="Spread">Largest distance from the first, relative to the median distance between the cases of the page.</param>
/// <param name="Cases">The cases, in the order of the list.</param>
internal sealed record CaseGroup(double Spread, IReadOnlyList<CaseView> Cases);

/// <summary>A page of cases, near-duplicates together.</summary>
/// <param name="Groups">Groups in the order of their first cases; a case that is like no other is a group of its own.</param>
/// <param name="Next">Cursor of the next page; absent on the last.</param>
internal sealed record CaseGroups(IReadOnlyList<CaseGroup> Groups, string? Next);

/// <summary>Finds near-duplicates among the cases of a gate, by the sketches kept with them.</summary>
internal sealed class SimilarCases(CaseStore store, CaseQueries queries, ReviewSettings settings)
{
    /// <summary>Waiting cases that one case is compared with at most, from the front of the queue.</summary>
    private const int MostCompared = 2_000;

    /// <summary>Sketches that this gateway remembers: they never change, and many ask for the same; 5 MiB.</summary>
    private const int MostRemembered = 20_000;

    private readonly NewestKept<(string Gate, string CaseId), byte[]?> _sketches = new(MostRemembered);

    private const int MostAsked = 200, UnlessAsked = 60, PerPage = 200;

    /// <summary>A page of cases, near-duplicates together; or why the query is refused.</summary>
    public async Task<(CaseGroups? Groups, Refusal? Refused)> GroupsAsync(
        string gate, CaseQuery query, double? within, CaseActor actor, CancellationToken cancellation)
    {
        if (Refuse(within) is { } invalid) return (null, invalid);
        var (page, refused) = await queries.ListAsync(gate, query with { Limit = query.Limit ?? PerPage }, actor, cancellation);
        if (page is null) return (null, refused);
        var sketches = await SketchesAsync(gate, [.. page.Cases.Select(c => c.CaseId)], cancellation);
        var median = LikeCases.MedianDistance(sketches);
        var groups = LikeCases.Groups(sketches, median * (within ?? LikeCases.Within));
        return (new([.. groups.Select(g => new CaseGroup(Relative(g.Spread, median), [.. g.Places.Select(i => page.Cases[i])]))], page.Next), null);
    }

    /// <summary>The waiting cases, and those in the caller's own hands, that are like one case; or why the query is refused.</summary>
    public async Task<(SimilarToCase? Similar, Refusal? Refused)> SimilarAsync(
        ReviewCase its, double? within, int? limit, CaseActor actor, CancellationToken cancellation)
    {
        if (Refuse(within) is { } invalid) return (null, invalid);
        if (limit is < 1 or > MostAsked) return (null, Refusal.OfQuery($"limit is from 1 to {MostAsked}"));
        var ids = await IdsAsync(its, actor, cancellation);
        var sketches = await SketchesAsync(its.Gate, [its.CaseId, .. ids], cancellation);
        if (sketches[0] is not { } own) return (new(0, []), null);
        var median = LikeCases.MedianDistance(sketches);
        var near = ids.Zip(sketches.Skip(1), (id, sketch) => (Id: id, Distance: FeatureSketch.Distance(own, sketch)))
            .Where(c => c.Distance <= median * (within ?? LikeCases.Within)).OrderBy(c => c.Distance).Take(MostAsked).ToList();
        var cases = (await store.ReadAsync(its.Gate, [.. near.Select(c => c.Id)], cancellation)).ToDictionary(c => c.CaseId);
        return (new(ids.Count,
        [
            .. near.Where(c => cases.TryGetValue(c.Id, out var found) && IsFor(found, actor)).Take(limit ?? UnlessAsked)
                .Select(c => new SimilarCase(CaseView.Of(cases[c.Id], actor, settings), Relative(c.Distance, median))),
        ]), null);
    }

    private async Task<IReadOnlyList<byte[]?>> SketchesAsync(string gate, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        string[] unknown = [.. ids.Where(id => !_sketches.TryGet((gate, id), out _))];
        var read = unknown.Zip(await store.ReadSketchesAsync(gate, unknown, cancellation)).ToDictionary(s => s.First, s => s.Second);
        foreach (var (id, sketch) in read) _sketches.Add((gate, id), sketch);
        return [.. ids.Select(id => read.TryGetValue(id, out var sketch) || _sketches.TryGet((gate, id), out sketch) ? sketch : null)];
    }

    private async Task<IReadOnlyList<string>> IdsAsync(ReviewCase its, CaseActor actor, CancellationToken cancellation)
    {
        string[] orders = [CaseIndex.Of(settings.Of(its.Gate).Order), CaseIndex.Leased, .. actor.Senior ? [CaseIndex.Escalated] : Array.Empty<string>()];
        var ids = new List<string>();
        foreach (var order in orders)
            ids.AddRange((await store.AfterAsync(its.Gate, order, null, MostCompared, cancellation)).Select(e => e.Id));
        return [.. ids.Where(id => id != its.CaseId).Distinct()];
    }

    // Whoever else has a case is working on it.
    private static bool IsFor(ReviewCase its, CaseActor actor) =>
        its.State is CaseState.Open || its.State is CaseState.Escalated && actor.Senior || its.Lease?.Reviewer == actor.Name;

    private static double Relative(double distance, double median) => median > 0 ? Math.Round(distance / median, 4) : 0;

    private static Refusal? Refuse(double? within) => within is null or (>= 0 and <= 1) ? null : Refusal.OfQuery("within is from 0 to 1");
}
