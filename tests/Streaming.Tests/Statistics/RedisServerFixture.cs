using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoodStream.Streaming.Redis;
using MoodStream.TestKit;

namespace MoodStream.StreamingTests.Statistics;

/// <summary>A redis-server of its own on a free port; tests skip where it is not installed.</summary>
public sealed class RedisServerFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private Process? _server;
    private int _port;

    public RedisSettings Settings
    {
        get
        {
            if (_server is null) Assert.Skip("needs redis-server (Debian package redis-server) on the path");
            return new RedisSettings { Address = $"127.0.0.1:{_port}" };
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Programs.Find("redis-server") is not { } program) return;

        _port = FreePort();
        string[] arguments = ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", string.Empty, "--appendonly", "no", "--dir", _folder.Path, "--logfile", Path.Combine(_folder.Path, "log")];
        _server = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false });
        await Eventually.HoldsAsync(ListensAsync, "redis-server listens");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        _folder.Dispose();
    }

    private async Task<bool> ListensAsync()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
