using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MoodStream.EndToEndTests;

/// <summary>A demo whose cases two people judge: every accepted image is audited too, and two must agree.</summary>
public sealed class ReviewedDemo : RunningDemo
{
    private static readonly string[] People = ["ann", "ben"];

    protected override IEnumerable<string> Settings =>
    [
        "MoodStream:Review:AuditShare=1", "MoodStream:Review:Gates:default:Quorum=2", "MoodStream:Review:Gates:default:Order=Age",
        .. People.SelectMany(p => new[]
        {
            $"MoodStream:Review:Keys:{p}:Sha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(p))))}",
            $"MoodStream:Review:Keys:{p}:Roles:0=Reviewer",
        }),
    ];

    /// <summary>Both judge the oldest cases, one after the other; of the first they say different things, of others that they are as they should be, or not.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> JudgeAsync(int count)
    {
        var claimed = await PostAsync("ann", "/v1/review/default/claims", new { count });
        var cases = claimed.GetProperty("cases").EnumerateArray().ToList();
        foreach (var (its, i) in cases.Select((c, i) => (c, i)))
        {
            var path = $"/v1/review/default/cases/{its.GetProperty("caseId").GetString()}";
            await DecideAsync("ann", path, its, i);
            await DecideAsync("ben", path, await PostAsync("ben", $"{path}/claim", new { }), i == 0 ? 1 : i);
        }
        return cases.Count;
    }

    /// <summary>Asks for a refit, which a gate that has learned so little refuses.</summary>
    public Task<JsonElement> AskForARefitAsync() => PostAsync("ann", "/v1/gates/default/refits", new { reason = "to see one", by = "ann" });

    private Task<JsonElement> DecideAsync(string person, string path, JsonElement its, int number) => PostAsync(person, $"{path}/decision", new
    {
        token = its.GetProperty("token").GetInt64(), verdict = number % 2 == 0 ? "in-distribution" : "out-of-distribution",
    });

    private async Task<JsonElement> PostAsync(string person, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyOf(person));
        using var answer = await Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string KeyOf(string person) => $"key of {person}";
}
