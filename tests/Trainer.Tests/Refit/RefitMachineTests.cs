using MoodStream.Contracts;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Settings;

namespace MoodStream.TrainerTests.Refit;

public sealed class RefitMachineTests
{
    private static readonly DateTimeOffset Now = Teaching.At;
    private static readonly RefitSettings Settings = new() { Retries = 2, RetryDelay = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromMinutes(1) };
    private static readonly DueRefit Asked = new(RefitTrigger.Request, "please", "ada");

    [Fact]
    public void Steps_InOrder_EndActivated()
    {
        var its = New();
        its = RefitMachine.Fitted(its, new(3, 4), 100);
        its = RefitMachine.Guarded(its, []);
        its = RefitMachine.Published(its, 5);
        its = RefitMachine.Activated(its, Now);

        Assert.True(its.Ended);
        Assert.Equal((3L, 4L, 5L, 100L, 5L), (its.Parent, its.ParentEpoch, its.Version, its.Arrivals, its.Revision));
    }

    [Fact]
    public void Steps_OutOfOrder_AreBugs()
    {
        Assert.Throws<InvalidOperationException>(() => RefitMachine.Published(New(), 5));
        Assert.Throws<InvalidOperationException>(() => RefitMachine.Activated(New(), Now));
        Assert.Throws<InvalidOperationException>(() => RefitMachine.Announced(New()));
        Assert.Throws<InvalidOperationException>(() => RefitMachine.Refused(RefitMachine.Refused(New(), [], Now), [], Now));
    }

    [Fact]
    public void Fitted_AfterADeathBeforeTheGuards_MayBeDoneAnew() =>
        Assert.Equal(RefitState.Fitted, RefitMachine.Fitted(RefitMachine.Fitted(New(), new(3, 4), 100), new(3, 4), 120).State);

    [Fact]
    public void Failed_AfterTheLastTry_IsRefused()
    {
        var once = RefitMachine.Failed(New(), "no disk.", Settings, Now);
        var twice = RefitMachine.Failed(once, "no disk.", Settings, Now);
        var thrice = RefitMachine.Failed(twice, "no disk.", Settings, Now);

        Assert.Equal(Now.AddSeconds(5), once.NotBefore);
        Assert.Equal(Now.AddSeconds(10), twice.NotBefore);
        Assert.Equal(RefusalReasons.Failed, Assert.Single(thrice.Refusals).Reason);
    }

    [Fact]
    public void Expired_OnlyAtTheDeadline_IsRefused()
    {
        Assert.Null(RefitMachine.Expired(New(), Now.AddSeconds(59)));
        Assert.Equal(RefusalReasons.TimedOut, Assert.Single(RefitMachine.Expired(New(), Now.AddMinutes(1))!.Refusals).Reason);
    }

    [Fact]
    public void Refusals_GuardsThatPassed_AreNone() =>
        Assert.Equal(
            ["rank"],
            RefitMachine.Refusals([new GuardResult { Name = "rank", Passed = false }, new GuardResult { Name = "finite", Passed = true }]).Select(r => r.Reason));

    [Theory]
    [InlineData(99, null)]
    [InlineData(100, RefitTrigger.Count)]
    public void Find_Images_AreCountedSinceTheLastRefit(long more, object? trigger) =>
        Assert.Equal(trigger, DueRefit.Find(Ended(arrivals: 1_000), Now, 1_000 + more, new() { AfterImages = 100 }, Now.AddHours(1))?.Trigger);

    [Fact]
    public void Find_SoonAfterTheLastOne_IsNotDue() =>
        Assert.Null(DueRefit.Find(Ended(arrivals: 0), Now, 1_000_000, new(), Now.AddMinutes(9)));

    [Fact]
    public void Find_OldVersion_IsDueByAge()
    {
        var settings = new RefitSettings { AfterImages = 0, MaxAge = TimeSpan.FromDays(7) };

        Assert.Null(DueRefit.Find(null, Now, 0, settings, Now.AddDays(7)));
        Assert.Equal(RefitTrigger.Age, DueRefit.Find(null, Now, 0, settings, Now.AddDays(7).AddTicks(1))?.Trigger);
    }

    [Fact]
    public void Find_TimeOfDay_IsDueOnceADay()
    {
        var settings = new RefitSettings { AfterImages = 0, DailyAt = TimeSpan.FromHours(3) };
        var three = new DateTimeOffset(Now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero).AddHours(3);

        Assert.Null(DueRefit.Find(null, Now, 0, settings, three.AddTicks(-1)));
        Assert.Equal(RefitTrigger.Schedule, DueRefit.Find(null, Now, 0, settings, three)?.Trigger);
        Assert.Null(DueRefit.Find(Ended(0) with { RequestedAt = three, EndedAt = three }, Now, 0, settings, three.AddHours(20)));
    }

    private static RefitRecord New() => RefitMachine.Request(Teaching.Gate, "r-1", Asked, null, Settings, Now);

    private static RefitRecord Ended(long arrivals) => RefitMachine.Refused(New(), [], Now) with { Arrivals = arrivals };
}
