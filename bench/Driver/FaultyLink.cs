using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace MoodStream.Bench.Driver;

/// <summary>A TCP proxy on loopback that cuts, silences, delays, throttles and corrupts what passes.</summary>
/// <remarks>
/// A fault holds for connections that stand and for new ones, from the moment it is set. Bytes keep their order. Bounded: a side
/// that sends faster than the link passes on is held up as by any full network. Thread-safety: every member may be called from any thread.
/// </remarks>
internal sealed class FaultyLink : IAsyncDisposable
{
    private const int ChunkBytes = 16 << 10, ChunksOnTheirWay = 64;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly TimeProvider _clock;
    private readonly Random _chance;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, CancellationTokenSource> _connections = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LinkFault _fault = LinkFault.None;
    private int _flipped, _resets;

    /// <summary>Starts listening.</summary>
    /// <param name="port">Loopback port; 0 takes a free one.</param>
    /// <param name="target">Where the bytes go.</param>
    /// <param name="seed">Seed of what is corrupted.</param>
    /// <param name="clock">Tells the time.</param>
    public FaultyLink(int port, IPEndPoint target, int seed, TimeProvider clock)
    {
        (_target, _chance, _clock) = (target, new Random(seed), clock);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Port it listens on.</summary>
    public int Port { get; }

    /// <summary>Bits flipped so far.</summary>
    public int Flipped => _flipped;

    /// <summary>Connections reset or refused so far.</summary>
    public int Resets => _resets;

    /// <summary>What is wrong with the link now.</summary>
    public LinkFault Fault
    {
        get => _fault;
        set
        {
            _fault = value;
            Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            if (!value.Cut) return;
            foreach (var connection in _connections.Values) connection.Cancel();
        }
    }

    /// <inheritdoc/>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Started on the thread pool by the constructor; it waits for no caller.")]
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var serving = ServeAsync(client, ended);
                _connections[serving] = ended;
                _ = serving.ContinueWith(
                    s => _connections.TryRemove(s, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                if (_fault.Cut) await ended.CancelAsync();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // It is being disposed of.
        }
    }

    private async Task ServeAsync(Socket client, CancellationTokenSource ended)
    {
        await Task.Yield();
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(_target, ended.Token);
                await Task.WhenAll(CarryAsync(client, server, ended), CarryAsync(server, client, ended));
            }
            catch (Exception e) when (IsBroken(e))
            {
                // A side left, or the link is cut: both sides are told so below.
            }

            if (!ended.IsCancellationRequested) return;
            Interlocked.Increment(ref _resets);
            client.LingerState = server.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }

    private Task CarryAsync(Socket from, Socket to, CancellationTokenSource ended)
    {
        var transit = Channel.CreateBounded<(long Taken, byte[] Bytes)>(ChunksOnTheirWay);
        return Task.WhenAll(
            EndingAsync(() => TakeAsync(from, transit.Writer, ended.Token), ended), EndingAsync(() => DeliverAsync(transit.Reader, to, ended.Token), ended));
    }

    /// <summary>A part of a connection that breaks ends the whole of it.</summary>
    private static async Task EndingAsync(Func<Task> part, CancellationTokenSource ended)
    {
        try
        {
            await part();
        }
        catch (Exception e) when (IsBroken(e))
        {
            await ended.CancelAsync();
        }
    }

    private async Task TakeAsync(Socket from, ChannelWriter<(long, byte[])> transit, CancellationToken ended)
    {
        var buffer = new byte[ChunkBytes];
        while (await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, ended) is > 0 and var count)
            await transit.WriteAsync((_clock.GetTimestamp(), buffer.AsSpan(0, count).ToArray()), ended);
        transit.Complete();
    }

    private async Task DeliverAsync(ChannelReader<(long Taken, byte[] Bytes)> transit, Socket to, CancellationToken ended)
    {
        await foreach (var (taken, bytes) in transit.ReadAllAsync(ended))
        {
            await HoldAsync(taken, bytes.Length, ended);
            Corrupt(bytes);
            for (var left = bytes.AsMemory(); left.Length > 0;) left = left[await to.SendAsync(left, SocketFlags.None, ended)..];
        }

        to.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Keeps a chunk on its way for as long as the fault of the moment says.</summary>
    private async Task HoldAsync(long taken, int count, CancellationToken ended)
    {
        while (true)
        {
            var changed = _changed.Task;
            if (!_fault.Silent) break;
            await changed.WaitAsync(ended);
        }

        var (fault, late) = (_fault, _clock.GetElapsedTime(taken));
        if (fault.Delay > late) await Task.Delay(fault.Delay - late, _clock, ended);
        if (fault.BytesPerSecond is { } rate) await Task.Delay(TimeSpan.FromSeconds((double)count / rate), _clock, ended);
    }

    private void Corrupt(byte[] bytes)
    {
        if (_fault.CorruptShare is not (> 0 and var share)) return;
        lock (_chance)
        {
            if (_chance.NextDouble() >= share) return;
            bytes[_chance.Next(bytes.Length)] ^= (byte)(1 << _chance.Next(8));
        }

        Interlocked.Increment(ref _flipped);
    }

    private static bool IsBroken(Exception e) => e is SocketException or OperationCanceledException or ObjectDisposedException or ChannelClosedException;
}
