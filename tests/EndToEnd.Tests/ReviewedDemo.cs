using System.Text.Json;

namespace MoodStream.EndToEndTests;

/// <summary>A demo whose cases two people judge: every accepted image is audited too, and two must agree.</summary>
public sealed class ReviewedDemo : RunningDemo
{
    private static readonly string[] People = ["ann", "ben"];

    protected override IEnumerable<string> Settings =>
    [
        "MoodStream:Audit:Share=1", "MoodStream:Review:Gates:default:Quorum=2", "MoodStream:Review:Gates:default:Order=Age",
        .. People.SelectMany(p => DemoPerson.Settings(p, "Reviewer")),
    ];

    /// <summary>Both judge the oldest cases, one after the other; of the first they say different things, of others that they are as they should be, or not.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> JudgeAsync(int count)
    {
        var claimed = await DemoPerson.PostAsync(Http, "ann", "/v1/review/default/claims", new { count });
        var cases = claimed.GetProperty("cases").EnumerateArray().ToList();
        foreach (var (its, i) in cases.Select((c, i) => (c, i)))
        {
            var path = $"/v1/review/default/cases/{its.GetProperty("caseId").GetString()}";
            await DecideAsync("ann", path, its, i);
            await DecideAsync("ben", path, await DemoPerson.PostAsync(Http, "ben", $"{path}/claim", new { }), i == 0 ? 1 : i);
        }
        return cases.Count;
    }

    /// <summary>Asks for a refit, which a gate that has learned so little refuses.</summary>
    public Task<JsonElement> AskForARefitAsync() => DemoPerson.PostAsync(Http, "ann", "/v1/gates/default/refits", new { reason = "to see one", by = "ann" });

    private Task<JsonElement> DecideAsync(string person, string path, JsonElement its, int number) => DemoPerson.PostAsync(Http, person, $"{path}/decision", new
    {
        token = its.GetProperty("token").GetInt64(), verdict = number % 2 == 0 ? "in-distribution" : "out-of-distribution",
    });
}
