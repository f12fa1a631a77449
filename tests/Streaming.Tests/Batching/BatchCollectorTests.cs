using System.Threading.Channels;
using CsCheck;
using MoodStream.Streaming.Batching;

namespace MoodStream.StreamingTests.Batching;

public sealed class BatchCollectorTests
{
    private static readonly BatchPolicy Policy = new() { MaxCount = 3, MaxBytes = 100, MaxAge = TimeSpan.FromMilliseconds(20) };

    private readonly WatchedClock _clock = new();
    private readonly Channel<int> _input = Channel.CreateUnbounded<int>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CollectAsync_CountReached_ClosesAtOnce()
    {
        await using var batches = CollectAsync(Policy);
        Write(1, 2, 3, 4);
        await AssertNextAsync(batches, BatchTrigger.Count, 1, 2, 3);
    }

    [Fact]
    public async Task CollectAsync_BytesReached_ClosesAtOnce()
    {
        await using var batches = CollectAsync(Policy, size: i => i);
        Write(60, 40, 1);
        await AssertNextAsync(batches, BatchTrigger.Bytes, 60, 40);
    }

    [Fact]
    public async Task CollectAsync_NextItemWouldExceedBytes_GoesToTheNextBatch()
    {
        await using var batches = CollectAsync(Policy, size: i => i);
        Write(60, 50);
        await AssertNextAsync(batches, BatchTrigger.Bytes, 60);
        _input.Writer.Complete();
        await AssertNextAsync(batches, BatchTrigger.Drain, 50);
    }

    [Fact]
    public async Task CollectAsync_ItemLargerThanTheLimit_MakesABatchAlone()
    {
        await using var batches = CollectAsync(Policy, size: i => i);
        Write(1, 500, 2);
        await AssertNextAsync(batches, BatchTrigger.Bytes, 1);
        await AssertNextAsync(batches, BatchTrigger.Bytes, 500);
        _input.Writer.Complete();
        await AssertNextAsync(batches, BatchTrigger.Drain, 2);
    }

    [Fact]
    public async Task CollectAsync_FirstItemOldEnough_ClosesExactlyThen()
    {
        await using var batches = CollectAsync(Policy);
        Write(1);
        var next = batches.MoveNextAsync().AsTask();
        await _clock.TimerSetAsync();

        _clock.Advance(TimeSpan.FromMilliseconds(15));
        Write(2);
        await _clock.TimerSetAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(4.999));
        Assert.False(next.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(0.001));

        Assert.True(await next);
        Assert.Equal(BatchTrigger.Age, batches.Current.Trigger);
        Assert.Equal([1, 2], batches.Current.Items);
    }

    [Fact]
    public async Task CollectAsync_ItemsFurtherApartThanTheAge_NoneWaits()
    {
        await using var batches = CollectAsync(Policy);
        await AgeAsync(batches, 1);

        for (var item = 2; item < 6; item++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(21));
            Write(item);
            await AssertNextAsync(batches, BatchTrigger.Age, item);
        }
    }

    [Fact]
    public async Task CollectAsync_ItemsCloseTogetherAfterAPause_BatchesWaitAgain()
    {
        await using var batches = CollectAsync(Policy with { MaxCount = 10 });
        await AgeAsync(batches, 1);
        _clock.Advance(TimeSpan.FromHours(1));
        Write(2);
        await AssertNextAsync(batches, BatchTrigger.Age, 2);        // a pause of 40 ms, as long as one may count

        _clock.Advance(TimeSpan.FromMilliseconds(4));
        Write(3, 4, 5, 6);                                          // 40·0.8⁴ + 1·(1 - 0.8⁴) = 17 ms on average: within 20
        var next = batches.MoveNextAsync().AsTask();
        await _clock.TimerSetAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(19));
        Write(7);
        await _clock.TimerSetAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await next);
        Assert.Equal([3, 4, 5, 6, 7], batches.Current.Items);
    }

    [Fact]
    public async Task CollectAsync_NothingCame_NoBatchByAge()
    {
        await using var batches = CollectAsync(Policy);
        var next = batches.MoveNextAsync().AsTask();
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.False(next.IsCompleted);
        _input.Writer.Complete();
        Assert.False(await next);
    }

    [Fact]
    public async Task CollectAsync_InputFaults_FaultIsThrown()
    {
        await using var batches = CollectAsync(Policy);
        Write(1);
        _input.Writer.Complete(new InvalidOperationException("broken"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            while (await batches.MoveNextAsync()) Assert.Fail("what was in hand is not handed over");
        });
    }

    [Fact]
    public async Task CollectAsync_Cancelled_Throws()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var batches = new BatchCollector<int>(Policy, _clock).CollectAsync(_input.Reader, stop.Token).GetAsyncEnumerator(Cancellation);
        Write(1);
        var next = batches.MoveNextAsync().AsTask();
        await _clock.TimerSetAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task CollectAsync_AnyInput_EveryItemOnceInOrderWithinTheLimits() => await Gen.Select(
        Gen.Int[1, 120].Array[0, 80], Gen.Int[1, 7], Gen.Int[1, 150]).SampleAsync(
        async (sizes, count, bytes) =>
        {
            var input = Channel.CreateUnbounded<int>();
            foreach (var size in sizes) input.Writer.TryWrite(size);
            input.Writer.Complete();
            var policy = new BatchPolicy { MaxCount = count, MaxBytes = bytes };
            var batches = await new BatchCollector<int>(policy, TimeProvider.System, i => i).CollectAsync(input.Reader).ToListAsync();

            Assert.Equal(sizes, batches.SelectMany(b => b.Items));
            Assert.All(batches, b => Assert.InRange(b.Items.Count, 1, count));
            Assert.All(batches, b => Assert.True(b.Items.Count == 1 || b.Items.Sum() <= bytes));
        },
        seed: "0000KV1BV1g2");

    private IAsyncEnumerator<Batch<int>> CollectAsync(BatchPolicy policy, Func<int, long>? size = null) =>
        new BatchCollector<int>(policy, _clock, size).CollectAsync(_input.Reader, Cancellation).GetAsyncEnumerator(Cancellation);

    private void Write(params int[] items)
    {
        foreach (var item in items) Assert.True(_input.Writer.TryWrite(item));
    }

    /// <summary>A batch of one item that waits as long as it may.</summary>
    private async Task AgeAsync(IAsyncEnumerator<Batch<int>> batches, int item)
    {
        Write(item);
        var next = batches.MoveNextAsync().AsTask();
        await _clock.TimerSetAsync();
        _clock.Advance(Policy.MaxAge);
        Assert.True(await next);
        Assert.Equal([item], batches.Current.Items);
    }

    private static async Task AssertNextAsync(IAsyncEnumerator<Batch<int>> batches, BatchTrigger trigger, params int[] items)
    {
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal(trigger, batches.Current.Trigger);
        Assert.Equal(items, batches.Current.Items);
    }
}
