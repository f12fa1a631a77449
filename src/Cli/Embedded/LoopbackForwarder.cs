using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace MoodStream.Cli.Embedded;

/// <summary>Gives a server on an ephemeral loopback port a fixed one: passes bytes both ways, connection by connection.</summary>
/// <remarks>
/// A side that has finished sending is passed on as such (half-close), and a connection ends when both sides have.
/// A connection that breaks ends its counterpart and no other. Disposal ends all.
/// </remarks>
public sealed class LoopbackForwarder : IAsyncDisposable
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Connections being opened at once; the in-process cluster's backlog is 5.</summary>
    private const int OpeningAtOnce = 4;

    private readonly Socket _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _opening = new(OpeningAtOnce);
    private readonly ConcurrentDictionary<long, Task> _connections = new();
    private readonly Task _accepting;
    private int _disposed;

    /// <summary>Starts listening on loopback.</summary>
    /// <param name="port">Port to listen on; 0 takes a free one.</param>
    /// <param name="target">Where the bytes go.</param>
    /// <exception cref="EmbeddedPortTakenException">Another program listens on the port.</exception>
    public LoopbackForwarder(int port, IPEndPoint target)
    {
        _target = target;
        _listener = Listen(port);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connections that are open now.</summary>
    public int OpenConnections => _connections.Count;

    /// <inheritdoc/>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Started on the thread pool by the constructor; it waits for no caller.")]
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
        _opening.Dispose();
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(512);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new EmbeddedPortTakenException("Kafka", port, e);
        }
    }

    private async Task AcceptAsync()
    {
        for (var number = 0L; !_stop.IsCancellationRequested; number++)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                continue;   // that client left before it was accepted
            }

            var connection = number;
            var serving = ServeAsync(client);
            _connections[connection] = serving;
            _ = serving.ContinueWith(
                _ => _connections.TryRemove(connection, out var _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await OpenAsync(server);
                using var broken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                await Task.WhenAll(PumpAsync(client, server, broken), PumpAsync(server, client, broken));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side broke off, or everything stops; disposing of both sockets tells the other side.
            }
        }
    }

    private async Task OpenAsync(Socket server)
    {
        await _opening.WaitAsync(_stop.Token);
        try
        {
            await server.ConnectAsync(_target, _stop.Token);
        }
        finally
        {
            _opening.Release();
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, CancellationTokenSource broken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, broken.Token) is > 0 and var count)
                await SendAllAsync(to, buffer.AsMemory(0, count), broken.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            await broken.CancelAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes, SocketFlags.None, cancellation)..];
    }
}
