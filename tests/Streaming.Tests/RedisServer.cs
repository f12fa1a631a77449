using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoodStream.TestKit;

namespace MoodStream.StreamingTests;

/// <summary>A redis-server of its own on a free port of the loopback, with a folder for its log and files.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private RedisServer(TemporaryFolder folder, Process process, int port) => (_folder, _process, Port) = (folder, process, port);

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>Starts one, and waits until it listens; null where it is not installed.</summary>
    /// <param name="portOption">Option that takes the port: <c>--port</c>, or <c>--tls-port</c>.</param>
    /// <param name="arguments">Further arguments, given the server's folder.</param>
    public static async Task<RedisServer?> StartAsync(string portOption, Func<string, IEnumerable<string>> arguments)
    {
        if (Programs.Find("redis-server") is not { } program) return null;

        var (folder, port) = (new TemporaryFolder(), LoopbackPorts.Free());
        var process = Process.Start(new ProcessStartInfo(program,
        [
            portOption, $"{port}", "--bind", "127.0.0.1", "--save", string.Empty, "--appendonly", "no", "--dir", folder.Path,
            "--logfile", Path.Combine(folder.Path, "log"), .. arguments(folder.Path),
        ]) { UseShellExecute = false })!;
        var server = new RedisServer(folder, process, port);
        try
        {
            await Eventually.HoldsAsync(() => ListensAsync(port), "redis-server listens");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Skips the test where there is no server.</summary>
    public static RedisServer Require(RedisServer? server)
    {
        if (server is null) Assert.Skip("needs redis-server (Debian package redis-server) on the path");
        return server!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
