using Microsoft.Extensions.Time.Testing;

namespace MoodStream.StreamingTests;

/// <summary>A clock that is moved by hand and says when somebody waits on it.</summary>
internal sealed class WatchedClock : FakeTimeProvider
{
    private readonly SemaphoreSlim _timers = new(0);

    /// <summary>Returns once a further timer has been set.</summary>
    public Task TimerSetAsync() => _timers.WaitAsync(TestContext.Current.CancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Release();
        return timer;
    }
}
