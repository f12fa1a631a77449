using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MoodStream.GatewayTests.Fakes;

/// <summary>What a webhook's receiver was sent.</summary>
internal sealed record WebhookPost(string Path, string Id, string Time, string Signature, string MediaType, byte[] Body);

/// <summary>A receiver of webhooks on loopback, which answers as it was told, and 204 after that.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<int> _answers;
    private WebApplication? _app;

    private WebhookReceiver(int[] answers) => _answers = new(answers);

    public ConcurrentQueue<WebhookPost> Posts { get; } = new();

    public string Address { get; private set; } = "";

    public static async Task<WebhookReceiver> StartAsync(params int[] answers)
    {
        var receiver = new WebhookReceiver(answers);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        receiver._app = builder.Build();
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Address = receiver._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        Posts.Enqueue(new(
            context.Request.Path, headers["Idempotency-Key"].ToString(), headers["MoodStream-Timestamp"].ToString(),
            headers["MoodStream-Signature"].ToString(), context.Request.ContentType ?? "", body.ToArray()));
        context.Response.StatusCode = _answers.TryDequeue(out var status) ? status : StatusCodes.Status204NoContent;
        if (context.Response.StatusCode == StatusCodes.Status302Found) context.Response.Headers.Location = "/elsewhere";
    }
}
