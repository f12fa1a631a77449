using MoodStream.Scorer.Device;

namespace MoodStream.ScorerTests.Device;

public sealed class DeviceThreadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_FromManyThreads_RunsOnOneThreadOneAfterAnother()
    {
        using var device = new DeviceThread();
        var (running, most) = (0, 0);
        var threads = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => device.RunAsync(
            () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                Interlocked.Decrement(ref running);
                return Environment.CurrentManagedThreadId;
            },
            Cancellation))));
        Assert.Single(threads.Distinct());
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task RunAsync_EachWork_IsTimedOnceWhetherItThrowsOrNot()
    {
        var told = new List<TimeSpan>();
        using (var device = new DeviceThread(told.Add))
        {
            await device.RunAsync(() => 1, Cancellation);
            await Assert.ThrowsAsync<InvalidDataException>(() => device.RunAsync<int>(() => throw new InvalidDataException(), Cancellation));
        }

        Assert.Equal(2, told.Count);
        Assert.All(told, time => Assert.True(time >= TimeSpan.Zero));
    }

    [Fact]
    public async Task RunAsync_WorkThrows_CallerGetsTheExceptionAndLaterWorkRuns()
    {
        using var device = new DeviceThread();
        var thrown = new InvalidDataException("broken");
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidDataException>(() => device.RunAsync<int>(() => throw thrown, Cancellation)));
        Assert.Equal(42, await device.RunAsync(() => 42, Cancellation));
    }

    [Fact]
    public async Task RunAsync_Stopped_IsRefused()
    {
        var device = new DeviceThread();
        device.Dispose();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => device.RunAsync(() => 1, Cancellation));
    }
}
