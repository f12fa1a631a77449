using MoodStream.Gateway.Http;
using MoodStream.Gateway.Review.Cases;

namespace MoodStream.Gateway.Review.Api;

/// <summary>Says over HTTP why a step is refused.</summary>
internal static class CaseRefusals
{
    /// <summary>The problem of a fault.</summary>
    public static Refusal Of(CaseFault fault) => fault switch
    {
        CaseFault.NotFound => new(ProblemKind.CaseNotFound, "The gate has no case of this id, or it was decided long ago."),
        CaseFault.Taken => new(ProblemKind.CaseTaken, "Another reviewer has the case. Claim the next one."),
        CaseFault.StaleToken => new(ProblemKind.StaleToken,
            "The token is not that of a lease that still runs: the case went back to the queue. Claim it again, or the next one."),
        CaseFault.AlreadyDecided => new(ProblemKind.CaseDecided, "The case is decided. A senior may correct or recall the decision."),
        CaseFault.AlreadyVoted => new(ProblemKind.AlreadyVoted, "You have had a say in this case; another pair of eyes is wanted."),
        CaseFault.SeniorOnly => new(ProblemKind.SeniorOnly, "Only a senior may do this. Claim the next case."),
        CaseFault.NothingToUndo => new(ProblemKind.NothingToUndo,
            "There is no decision of yours that is young enough to undo. A senior may recall it."),
        CaseFault.Changed => new(ProblemKind.CaseChanged, "The case changed again and again meanwhile. Read it and try again."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault."),
    };
}
