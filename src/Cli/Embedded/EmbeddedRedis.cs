using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Garnet;

namespace MoodStream.Cli.Embedded;

/// <summary>How the in-process Redis runs.</summary>
public sealed record EmbeddedRedisOptions
{
    /// <summary>Folder of its append-only file; what was acknowledged there is back after a restart.</summary>
    public required string Folder { get; init; }

    /// <summary>Loopback port; 0 takes a free one.</summary>
    public int Port { get; init; } = EmbeddedRedis.DefaultPort;

    /// <summary>Memory of the log before the oldest entries are evicted, silently, as Garnet writes sizes: a power of two.</summary>
    public string Memory { get; init; } = "512m";

    /// <summary>Memory of the index.</summary>
    public string Index { get; init; } = "32m";

    /// <summary>Whether an answer waits until the append-only file holds the write: nothing acknowledged is lost on a crash.</summary>
    public bool WaitForCommit { get; init; } = true;
}

/// <summary>An in-process Redis (Garnet) on loopback, durable by an append-only file.</summary>
/// <remarks>It knows no streams, no functions and no keyspace notifications. Garnet 2.2.8.</remarks>
public sealed class EmbeddedRedis : IDisposable
{
    /// <summary>Port it listens on unless told otherwise.</summary>
    public const int DefaultPort = 29379;

    private readonly GarnetServer _server;

    private EmbeddedRedis(GarnetServer server, int port)
    {
        _server = server;
        Port = port;
    }

    /// <summary>Port it listens on.</summary>
    public int Port { get; }

    /// <summary>Address for a client.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts it, with what its folder holds.</summary>
    /// <exception cref="EmbeddedPortTakenException">Another program listens on the port.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static EmbeddedRedis Start(EmbeddedRedisOptions options)
    {
        var port = FreePort(options.Port);
        Directory.CreateDirectory(options.Folder);
        var server = new GarnetServer(Arguments(options, port));
        try
        {
            server.Start();
            return new EmbeddedRedis(server, port);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            server.Dispose();
            throw new EmbeddedPortTakenException("Redis", port, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private static string[] Arguments(EmbeddedRedisOptions options, int port)
    {
        string[] arguments =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "-q", "--logger-level", "Error",
            // The native device would need libaio, which a bare Debian lacks, and fails only at the first write.
            "--device-type", "RandomAccess",
            "--memory", options.Memory, "--index", options.Index,
            "--lua", "--lua-transaction-mode", "--aof", "--recover", "--checkpointdir", options.Folder,
        ];
        return options.WaitForCommit ? [.. arguments, "--aof-commit-wait"] : arguments;
    }

    private static int FreePort(int wanted)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, wanted));
            return ((IPEndPoint)probe.LocalEndPoint!).Port;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new EmbeddedPortTakenException("Redis", wanted, e);
        }
    }
}
