using System.Net;
using System.Net.Sockets;
using MoodStream.Bench.Driver;

namespace MoodStream.BenchTests.Driver;

/// <summary>What a link that fails does to the bytes between an echo server and its client.</summary>
public sealed class FaultyLinkTests : IAsyncLifetime
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private FaultyLink _link = null!;
    private Task _echoing = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _server.Listen();
        _echoing = EchoAsync();
        _link = new FaultyLink(0, (IPEndPoint)_server.LocalEndPoint!, seed: 7, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        _server.Dispose();
        await _echoing;
    }

    [Fact]
    public async Task Fault_None_EveryByteComesBackInOrder()
    {
        var sent = Bytes(1_000_000);
        using var client = await ConnectAsync();
        Assert.Equal(sent, await ExchangeAsync(client, sent));
        Assert.Equal((0, 0), (_link.Flipped, _link.Resets));
    }

    [Fact]
    public async Task Fault_Silent_NothingArrivesUntilItEndsAndThenAllDoes()
    {
        using var client = await ConnectAsync();
        await ExchangeAsync(client, Bytes(10));
        _link.Fault = new LinkFault { Silent = true };
        var answer = ExchangeAsync(client, Bytes(1_000));
        Assert.False(await ArrivesAsync(client));

        _link.Fault = LinkFault.None;
        Assert.Equal(Bytes(1_000), await answer);
    }

    [Fact]
    public async Task Fault_Cut_ResetsWhatStandsAndWhatComes()
    {
        using var standing = await ConnectAsync();
        await ExchangeAsync(standing, Bytes(10));
        _link.Fault = new LinkFault { Cut = true };
        await Assert.ThrowsAnyAsync<SocketException>(() => ExchangeAsync(standing, Bytes(10)));
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            using var coming = await ConnectAsync();
            await ExchangeAsync(coming, Bytes(10));
        });

        _link.Fault = LinkFault.None;
        using var later = await ConnectAsync();
        Assert.Equal(Bytes(10), await ExchangeAsync(later, Bytes(10)));
        Assert.Equal(2, _link.Resets);
    }

    [Fact]
    public async Task Fault_Delay_AnswerIsLateByItTwice()
    {
        using var client = await ConnectAsync();
        _link.Fault = new LinkFault { Delay = TimeSpan.FromMilliseconds(150) };
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(Bytes(10), await ExchangeAsync(client, Bytes(10)));
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(295), "two ways, less the grain of the timer");
    }

    [Fact]
    public async Task Fault_Throttle_BytesTakeTheirTime()
    {
        using var client = await ConnectAsync();
        _link.Fault = new LinkFault { BytesPerSecond = 100_000 };
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(Bytes(20_000), await ExchangeAsync(client, Bytes(20_000)));
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(195), "20,000 bytes at 100,000 a second");
    }

    [Fact]
    public async Task Fault_Corrupt_OneBitOfEachChunkIsFlippedAndCounted()
    {
        using var client = await ConnectAsync();
        _link.Fault = new LinkFault { CorruptShare = 1 };
        var sent = Bytes(100);
        var differing = (await ExchangeAsync(client, sent)).Zip(sent, (a, b) => int.PopCount(a ^ b)).Sum();
        Assert.Equal(2, _link.Flipped);                     // one chunk there, one back
        Assert.True(differing is 0 or 2, "the second flip hits another bit, or the same one back");
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 31 >> 3))];

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _link.Port, Cancellation);
        return client;
    }

    private static async Task<byte[]> ExchangeAsync(Socket client, byte[] sent)
    {
        var sending = SendAsync(client, sent);
        var answer = new byte[sent.Length];
        for (var read = 0; read < answer.Length;)
        {
            var count = await client.ReceiveAsync(answer.AsMemory(read), Cancellation);
            if (count == 0) throw new SocketException((int)SocketError.ConnectionReset);
            read += count;
        }

        await sending;
        return answer;
    }

    private static async Task SendAsync(Socket to, byte[] bytes)
    {
        for (var left = bytes.AsMemory(); left.Length > 0;) left = left[await to.SendAsync(left, Cancellation)..];
    }

    /// <summary>Whether something arrives within a time that is ample without a fault.</summary>
    private static async Task<bool> ArrivesAsync(Socket client) =>
        await Task.Run(() => client.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead));

    private async Task EchoAsync()
    {
        try
        {
            while (true) _ = EchoAsync(await _server.AcceptAsync());
        }
        catch (SocketException)
        {
            // The test is over.
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task EchoAsync(Socket client)
    {
        using (client)
        {
            var buffer = new byte[1 << 16];
            try
            {
                while (await client.ReceiveAsync(buffer.AsMemory()) is > 0 and var count)
                    for (var left = buffer.AsMemory(0, count); left.Length > 0;) left = left[await client.SendAsync(left)..];
            }
            catch (SocketException)
            {
                // The link was cut.
            }
        }
    }
}
