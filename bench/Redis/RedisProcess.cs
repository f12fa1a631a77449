using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Redis;

/// <summary>A real redis-server in a process of its own, durable by an append-only file, which can be killed and started again.</summary>
internal sealed class RedisProcess(int port, string folder, TimeProvider clock) : IAsyncDisposable
{
    private const string Program = "redis-server";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Glance = TimeSpan.FromMilliseconds(20);
    private Process? _process;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, port);

    /// <summary>Starts it, with what its folder holds, and waits until it takes connections.</summary>
    /// <exception cref="CliException">It is not installed, or does not start.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var began = clock.GetTimestamp();
        try
        {
            _process = Process.Start(new ProcessStartInfo(Program,
            [
                "--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", "", "--logfile", Path.Combine(folder, "log"),
            ]))!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException($"{Program} cannot be started: {e.Message}; install it, for instance by apt-get install redis-server.");
        }

        while (!await ListensAsync(cancellation))
        {
            if (_process.HasExited || clock.GetElapsedTime(began) > Patience)
                throw new CliException($"{Program} does not start; its log is {Path.Combine(folder, "log")}.");
            await Task.Delay(Glance, clock, cancellation);
        }
    }

    /// <summary>Ends it by SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task<bool> ListensAsync(CancellationToken cancellation)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(EndPoint, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
