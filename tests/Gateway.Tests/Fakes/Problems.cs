using System.Net.Http.Json;
using System.Text.Json;

namespace MoodStream.GatewayTests.Fakes;

/// <summary>What every refusal has in common.</summary>
internal static class Problems
{
    /// <summary>Asserts RFC 9457 problem details of that status and type that say what and what to do.</summary>
    public static async Task<JsonElement> AssertAsync(HttpResponseMessage response, int status, string name)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("urn:moodstream:problem:" + name, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.StartsWith("/", problem.GetProperty("instance").GetString());
        return problem;
    }
}
