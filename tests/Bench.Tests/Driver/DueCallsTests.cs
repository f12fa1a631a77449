using MoodStream.Bench.Driver;

namespace MoodStream.BenchTests.Driver;

public sealed class DueCallsTests
{
    [Fact]
    public void Steady_FourASecondForASecond_AreFour() => Assert.Equal([0, 0.25, 0.5, 0.75], DueCalls.Steady(4, TimeSpan.FromSeconds(1)));

    [Fact]
    public async Task RunAsync_CallThatHangs_HoldsUpNoneAfterItAndIsWaitedFor()
    {
        var (hanging, begun) = (new TaskCompletionSource(), new List<int>());
        var running = DueCalls.RunAsync([0, 0, 0], CallAsync, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 2], begun);
        Assert.False(running.IsCompleted);
        hanging.SetResult();
        Assert.Equal(3, await running);

        Task CallAsync(int call, long due)
        {
            begun.Add(call);
            return call == 0 ? hanging.Task : Task.CompletedTask;
        }
    }

    [Fact]
    public async Task RunAsync_CallThatIsLate_IsGivenTheMomentAtWhichItWasDue()
    {
        var (clock, due) = (TimeProvider.System, new List<long>());
        await DueCalls.RunAsync([0, 0.002, 0.004], LateAsync, clock, TestContext.Current.CancellationToken);
        Assert.Equal([0.002, 0.002], [clock.GetElapsedTime(due[0], due[1]).TotalSeconds, clock.GetElapsedTime(due[1], due[2]).TotalSeconds]);

        Task LateAsync(int call, long at)
        {
            due.Add(at);
            SpinWait.SpinUntil(() => clock.GetElapsedTime(at) > TimeSpan.FromMilliseconds(10));      // longer than the gap
            return Task.CompletedTask;
        }
    }
}
