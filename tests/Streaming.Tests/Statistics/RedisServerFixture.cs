using MoodStream.Streaming.Redis;

namespace MoodStream.StreamingTests.Statistics;

/// <summary>A redis-server of its own on a free port; tests skip where it is not installed.</summary>
public sealed class RedisServerFixture : IAsyncLifetime
{
    private RedisServer? _server;

    public RedisSettings Settings => new() { Address = $"127.0.0.1:{RedisServer.Require(_server).Port}" };

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync("--port", _ => []);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
