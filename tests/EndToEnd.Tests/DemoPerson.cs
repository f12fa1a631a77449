using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MoodStream.EndToEndTests;

/// <summary>Somebody with a key to a demo.</summary>
internal static class DemoPerson
{
    /// <summary>Settings that give a person a key and roles.</summary>
    public static IEnumerable<string> Settings(string person, params string[] roles) =>
    [
        $"MoodStream:Review:Keys:{person}:Sha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(person))))}",
        .. roles.Select((role, i) => $"MoodStream:Review:Keys:{person}:Roles:{i}={role}"),
    ];

    /// <summary>Asks as a person; the answer must be good.</summary>
    public static Task<JsonElement> GetAsync(HttpClient http, string person, string path) => SendAsync(http, person, new(HttpMethod.Get, path));

    /// <summary>Changes something as a person; the answer must be good.</summary>
    public static Task<JsonElement> PostAsync(HttpClient http, string person, string path, object body, string? revision = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (revision is not null) request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{revision}\""));
        return SendAsync(http, person, request);
    }

    private static async Task<JsonElement> SendAsync(HttpClient http, string person, HttpRequestMessage request)
    {
        using (request)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyOf(person));
            using var answer = await http.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, $"{request.RequestUri}: {await answer.Content.ReadAsStringAsync()}");
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    private static string KeyOf(string person) => $"key of {person}";
}
