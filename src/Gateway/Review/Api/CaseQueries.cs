using System.Globalization;
using System.Text;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Review.Api;

/// <summary>What a list of cases is asked for. Every member may be left out.</summary>
/// <param name="State">open (unless told), claimed, escalated or decided.</param>
/// <param name="Sort">score, age or uncertainty; of open cases alone. The gate's own order unless told.</param>
/// <param name="Source">Only this source.</param>
/// <param name="Class">Only this nearest class.</param>
/// <param name="MinScore">Only from this score on.</param>
/// <param name="MaxScore">Only up to this score.</param>
/// <param name="OpenedFrom">Only opened at this time or later; with an offset, such as 2026-03-14T15:00:00Z.</param>
/// <param name="OpenedBefore">Only opened before this time.</param>
/// <param name="Limit">At most so many, 1 to 200; 50 unless told.</param>
/// <param name="Cursor">Where the page before ended.</param>
internal sealed record CaseQuery(
    string? State, string? Sort, string? Source, int? Class, double? MinScore, double? MaxScore,
    DateTimeOffset? OpenedFrom, DateTimeOffset? OpenedBefore, int? Limit, string? Cursor);

/// <summary>Reads lists of cases, page by page.</summary>
internal sealed class CaseQueries(CaseStore store, ReviewSettings settings)
{
    private const int MostPerPage = 200, PerPage = 50;

    /// <summary>Most cases that one page looks through for those that match; a page may be short, and go on.</summary>
    private const int MostLookedAt = 2_000;

    /// <summary>One page, or why the query is refused.</summary>
    public async Task<(CasePage? Page, Refusal? Refused)> ListAsync(
        string gate, CaseQuery query, CaseActor actor, CancellationToken cancellation)
    {
        if (OrderOf(gate, query) is not { } order)
            return (null, Refusal.OfQuery("state is open, claimed, escalated or decided; sort is score, age or uncertainty, of open cases"));
        if (AsksForScores(query) && settings.Of(gate).HidesScores)
            return (null, Refusal.OfQuery("this gate keeps scores back until a case is decided: sort is age, and class, minScore and maxScore are of decided cases"));
        var limit = query.Limit ?? PerPage;
        if (limit is < 1 or > MostPerPage) return (null, Refusal.OfQuery($"limit is from 1 to {MostPerPage}"));
        (string Id, double Place)? last = null;
        if (query.Cursor is { } cursor && (last = Parse(cursor)) is null) return (null, Refusal.OfQuery("cursor is none that a page gave"));

        var found = new List<CaseView>(limit);
        for (var looked = 0; looked < MostLookedAt;)
        {
            var entries = await store.AfterAsync(gate, order, last, limit, cancellation);
            if (entries.Count == 0) return (new(found, null), null);
            looked += entries.Count;
            var cases = (await store.ReadAsync(gate, [.. entries.Select(e => e.Id)], cancellation)).ToDictionary(c => c.CaseId);
            foreach (var entry in entries)
            {
                last = entry;
                if (!cases.TryGetValue(entry.Id, out var its) || !Matches(its, query)) continue;
                found.Add(CaseView.Of(its, actor, settings));
                if (found.Count == limit) return (new(found, Format(entry)), null);
            }
        }
        return (new(found, Format(last!.Value)), null);
    }

    private static bool AsksForScores(CaseQuery query) =>
        query.State != "decided"
        && (query.Sort is "score" or "uncertainty" || query.Class is not null || query.MinScore is not null || query.MaxScore is not null);

    private static bool Matches(ReviewCase its, CaseQuery query) =>
        (query.Source is null || its.Scored.Source == query.Source)
        && (query.Class is null || its.Scored.NearestClass == query.Class)
        && (query.MinScore is null || its.Scored.Score >= query.MinScore)
        && (query.MaxScore is null || its.Scored.Score <= query.MaxScore)
        && (query.OpenedFrom is null || its.OpenedAt >= query.OpenedFrom)
        && (query.OpenedBefore is null || its.OpenedAt < query.OpenedBefore);

    private string? OrderOf(string gate, CaseQuery query) => (query.State ?? "open", query.Sort) switch
    {
        ("open", null) => CaseIndex.Of(settings.Of(gate).Order),
        ("open", "score") => CaseIndex.OpenByScore,
        ("open", "age") => CaseIndex.OpenByAge,
        ("open", "uncertainty") => CaseIndex.OpenByUncertainty,
        ("claimed", null) => CaseIndex.Leased,
        ("escalated", null) => CaseIndex.Escalated,
        ("decided", null) => CaseIndex.Decided,
        _ => null,
    };

    private static string Format((string Id, double Place) entry) => Convert.ToHexStringLower(
        Encoding.ASCII.GetBytes($"{entry.Place.ToString("R", CultureInfo.InvariantCulture)} {entry.Id}"));

    private static (string Id, double Place)? Parse(string cursor)
    {
        if (cursor.Length is 0 or > 200 || cursor.Length % 2 != 0 || !cursor.All(char.IsAsciiHexDigit)) return null;
        return Encoding.ASCII.GetString(Convert.FromHexString(cursor)).Split(' ') is [var place, var id]
            && double.TryParse(place, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (id, number)
            : null;
    }
}
