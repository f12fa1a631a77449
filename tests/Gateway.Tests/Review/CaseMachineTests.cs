using CsCheck;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Cases;
using MoodStream.GatewayTests.Fakes;

namespace MoodStream.GatewayTests.Review;

public sealed class CaseMachineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly CaseActor Ann = new("ann", Senior: false);
    private static readonly CaseActor Ben = new("ben", Senior: false);
    private static readonly CaseActor Sue = new("sue", Senior: true);
    private static readonly Choice In = new(DecisionVerdict.InDistribution);
    private static readonly Choice Out = new(DecisionVerdict.OutOfDistribution, ReasonCode: "new-defect");

    [Fact]
    public void Claim_OpenCase_GivesALeaseWithTheFirstToken()
    {
        var its = Claim(Opened(), Ann, Noon);

        Assert.Equal(CaseState.Claimed, its.State);
        Assert.Equal(new CaseLease("ann", 1, Noon, Noon.AddMinutes(2)), its.Lease);
        Assert.Equal(2, its.Version);
    }

    [Fact]
    public void Claim_WhatAnotherHas_IsRefusedUntilItsLeaseEnds()
    {
        var its = Claim(Opened(), Ann, Noon);

        Assert.Equal(CaseFault.Taken, CaseMachine.Claim(its, Ben, Lease, Noon.AddSeconds(119)).Fault);
        Assert.Equal(2, CaseMachine.Claim(its, Ben, Lease, Noon.AddSeconds(120)).After!.Lease!.Token);
    }

    [Fact]
    public void Claim_WhatOneHasAlready_GivesTheSameLease()
    {
        var its = Claim(Opened(), Ann, Noon);

        var again = CaseMachine.Claim(its, Ann, Lease, Noon.AddSeconds(5));

        Assert.False(again.Changes);
        Assert.Equal(1, again.After!.Lease!.Token);
    }

    [Fact]
    public void Decide_WithTheTokenOfAnEarlierLease_IsRefused()
    {
        var its = Claim(Opened(), Ann, Noon);
        its = After(CaseMachine.Expire(its, Noon.AddMinutes(2)));
        its = Claim(its, Ben, Noon.AddMinutes(3));

        Assert.Equal(CaseFault.StaleToken, CaseMachine.Decide(its, Ann, 1, In, Noon.AddMinutes(3)).Fault);
        Assert.Equal(CaseState.Decided, After(CaseMachine.Decide(its, Ben, 2, In, Noon.AddMinutes(4))).State);
    }

    [Fact]
    public void Decide_AfterTheLeaseEnded_IsRefusedEvenIfNobodyElseCame()
    {
        var its = Claim(Opened(), Ann, Noon);

        Assert.Equal(CaseFault.StaleToken, CaseMachine.Decide(its, Ann, 1, In, Noon.AddMinutes(2)).Fault);
    }

    [Fact]
    public void Decide_Twice_ChangesNothingTheSecondTime()
    {
        var its = After(CaseMachine.Decide(Claim(Opened(), Ann, Noon), Ann, 1, Out, Noon.AddSeconds(7)));

        var again = CaseMachine.Decide(its, Ann, 1, Out, Noon.AddSeconds(8));

        Assert.False(again.Changes);
        Assert.Same(its, again.After);
        Assert.Equal(7, its.Decision!.DurationSeconds);
        Assert.Equal(CaseFault.AlreadyDecided, CaseMachine.Decide(its, Ann, 1, In, Noon.AddSeconds(8)).Fault);
    }

    [Fact]
    public void Decide_QuorumOfTwoThatAgrees_ClosesWithTheSecond()
    {
        var its = After(CaseMachine.Decide(Claim(Opened(2), Ann, Noon), Ann, 1, Out, Noon));
        Assert.Equal(CaseState.Open, its.State);
        Assert.Equal(CaseFault.AlreadyVoted, CaseMachine.Claim(its, Ann, Lease, Noon).Fault);

        var step = CaseMachine.Decide(Claim(its, Ben, Noon), Ben, 2, Out, Noon);

        Assert.Equal(CaseState.Decided, step.After!.State);
        Assert.Equal(DecisionKind.Decision, step.Record);
        Assert.Equal(1, step.After.Revision);
    }

    [Fact]
    public void Decide_QuorumThatDoesNotAgree_GoesToASeniorWhoseWordCounts()
    {
        var its = After(CaseMachine.Decide(Claim(Opened(2), Ann, Noon), Ann, 1, Out, Noon));
        its = After(CaseMachine.Decide(Claim(its, Ben, Noon), Ben, 2, In, Noon));
        Assert.Equal(CaseState.Escalated, its.State);
        Assert.Equal(CaseFault.SeniorOnly, CaseMachine.Claim(its, new("eve", false), Lease, Noon).Fault);

        its = After(CaseMachine.Decide(Claim(its, Sue, Noon), Sue, 3, In, Noon));

        Assert.Equal(CaseState.Decided, its.State);
        Assert.Equal("sue", its.Decision!.Reviewer);
    }

    [Fact]
    public void Extend_WithTheToken_MovesTheEndOfTheLease()
    {
        var its = After(CaseMachine.Extend(Claim(Opened(), Ann, Noon), Ann, 1, Lease, Noon.AddSeconds(100)));

        Assert.Equal(Noon.AddSeconds(220), its.Lease!.EndsAt);
        Assert.False(CaseMachine.Expire(its, Noon.AddSeconds(219)).Changes);
        Assert.Equal(CaseState.Open, After(CaseMachine.Expire(its, Noon.AddSeconds(220))).State);
    }

    [Fact]
    public void Escalate_AndRelease_KeepTheCaseForASenior()
    {
        var its = After(CaseMachine.Escalate(Claim(Opened(), Ann, Noon), Ann, 1, Noon));
        Assert.Equal(CaseState.Escalated, its.State);

        its = After(CaseMachine.Release(Claim(its, Sue, Noon), Sue, 2, Noon));

        Assert.Equal(CaseState.Escalated, its.State);
    }

    [Fact]
    public void Overdue_OpenCase_GoesToASeniorOnceItsServiceTimeIsOver()
    {
        var service = TimeSpan.FromHours(4);

        Assert.False(CaseMachine.Overdue(Opened(), service, Noon.AddHours(4).AddTicks(-1)).Changes);
        Assert.Equal(CaseState.Escalated, After(CaseMachine.Overdue(Opened(), service, Noon.AddHours(4))).State);
    }

    [Fact]
    public void Undo_WithinTheGrace_RecallsAndGivesANewToken()
    {
        var its = After(CaseMachine.Decide(Claim(Opened(), Ann, Noon), Ann, 1, Out, Noon));

        var step = CaseMachine.Undo(its, Ann, Grace, Lease, Noon.AddSeconds(30));

        Assert.Equal(DecisionKind.Recall, step.Record);
        Assert.Equal((2L, 2L), (step.After!.Lease!.Token, step.After.Revision));
        Assert.Null(step.After.Decision);
        var decided = CaseMachine.Decide(step.After, Ann, 2, In, Noon.AddSeconds(31));
        Assert.Equal((DecisionKind.Correction, 3L), (decided.Record!.Value, decided.After!.Revision));
    }

    [Fact]
    public void Undo_TooLateOrOfAnother_IsRefused()
    {
        var its = After(CaseMachine.Decide(Claim(Opened(), Ann, Noon), Ann, 1, Out, Noon));

        Assert.Equal(CaseFault.NothingToUndo, CaseMachine.Undo(its, Ann, Grace, Lease, Noon.AddSeconds(31)).Fault);
        Assert.Equal(CaseFault.NothingToUndo, CaseMachine.Undo(its, Ben, Grace, Lease, Noon).Fault);
    }

    [Fact]
    public void CorrectAndRecall_AreForSeniorsAlone()
    {
        var its = After(CaseMachine.Decide(Claim(Opened(), Ann, Noon), Ann, 1, Out, Noon));
        Assert.Equal(CaseFault.SeniorOnly, CaseMachine.Correct(its, Ben, In, Noon).Fault);
        Assert.Equal(CaseFault.SeniorOnly, CaseMachine.Recall(its, Ben).Fault);

        var corrected = CaseMachine.Correct(its, Sue, In, Noon);
        var recalled = CaseMachine.Recall(corrected.After!, Sue);

        Assert.Equal((DecisionKind.Correction, 2L), (corrected.Record!.Value, corrected.After!.Revision));
        Assert.Equal((DecisionKind.Recall, CaseState.Open, 3L), (recalled.Record!.Value, recalled.After!.State, recalled.After.Revision));
    }

    /// <summary>Whatever people do in whatever order: tokens only rise, versions rise by one, one lease at most, no vote twice.</summary>
    [Fact]
    public void AnySteps_KeepTheLawsOfACase() => Gen.Int[0, 8].Select(Gen.Int[0, 2], Gen.Int[0, 200]).List[1, 60].Sample(steps =>
    {
        var its = Opened(2);
        var now = Noon;
        CaseActor[] people = [Ann, Ben, Sue];
        foreach (var (what, who, seconds) in steps)
        {
            now = now.AddSeconds(seconds);
            var step = Take(its, what, people[who], now);
            if (step.After is not { } after || !step.Changes) continue;
            if (after.Version != its.Version + 1 || after.LastToken < its.LastToken || after.Revision < its.Revision) return false;
            if ((after.State == CaseState.Claimed) != (after.Lease is not null)) return false;
            if ((after.State == CaseState.Decided) != (after.Decision is not null)) return false;
            if (step.Record is null != (after.Revision == its.Revision)) return false;
            its = after;
        }
        return true;
    }, seed: "0000KOIKqNC3");

    private static CaseStep Take(ReviewCase its, int what, CaseActor who, DateTimeOffset now) => what switch
    {
        0 or 1 => CaseMachine.Claim(its, who, Lease, now),
        2 => CaseMachine.Decide(its, who, its.LastToken, In, now),
        3 => CaseMachine.Decide(its, who, its.LastToken, Out, now),
        4 => CaseMachine.Release(its, who, its.LastToken, now),
        5 => CaseMachine.Expire(its, now),
        6 => CaseMachine.Escalate(its, who, its.LastToken, now),
        7 => CaseMachine.Undo(its, who, Grace, Lease, now),
        _ => CaseMachine.Recall(its, who),
    };

    private static ReviewCase Opened(int quorum = 1) =>
        After(CaseMachine.Open(Samples.Scored("image-1", Noon, Verdict.Review), "moodstream.review.v1-0-0", quorum, false, Noon));

    private static ReviewCase Claim(ReviewCase its, CaseActor actor, DateTimeOffset now) => After(CaseMachine.Claim(its, actor, Lease, now));

    private static ReviewCase After(CaseStep step)
    {
        Assert.Null(step.Fault);
        Assert.True(step.Changes);
        return step.After!;
    }
}
