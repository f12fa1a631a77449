using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc.Testing;

namespace MoodStream.GatewayTests.Review;

/// <summary>As much of a browser as signing in needs: it keeps the gateway's cookies, by the test's clock and not by the wall's.</summary>
internal sealed class Browser(GatewayApp app, string address = "http://localhost") : IDisposable
{
    private readonly HttpClient _client = app.CreateClient(new WebApplicationFactoryClientOptions
    {
        BaseAddress = new Uri(address), HandleCookies = false, AllowAutoRedirect = false,
    });

    /// <summary>Cookies by name.</summary>
    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>The lines that set cookies, as they came.</summary>
    public List<string> Set { get; } = [];

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (Cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (body is not null) request.Content = JsonContent.Create(body);
        var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        foreach (var line in response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [])
        {
            Set.Add(line);
            var pair = line.Split(';')[0].Split('=', 2);
            if (pair[1].Length == 0) Cookies.Remove(pair[0]);
            else Cookies[pair[0]] = pair[1];
        }
        return response;
    }

    /// <summary>Signs in with name and password; the status of the answer.</summary>
    public async Task<HttpStatusCode> SignInAsync(string name, string password, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(HttpMethod.Post, "/v1/session", new { name, password }, headers);
        return response.StatusCode;
    }

    /// <summary>The token against forged requests.</summary>
    public async Task<string> TokenAsync()
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1/session");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var session = await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(TestContext.Current.CancellationToken);
        return session.GetProperty("csrfToken").GetString()!;
    }

    public void Dispose() => _client.Dispose();
}
