namespace MoodStream.Gateway.Review.Cases;

/// <summary>Why a step is refused. A closed list: each is a problem type of the API.</summary>
internal enum CaseFault
{
    /// <summary>There is no such case, or no longer.</summary>
    NotFound,

    /// <summary>Another reviewer has it.</summary>
    Taken,

    /// <summary>The token is not that of the current lease: it ended, and the case may be with somebody else.</summary>
    StaleToken,

    /// <summary>The case is decided.</summary>
    AlreadyDecided,

    /// <summary>This reviewer has had a say in the case; another pair of eyes is wanted.</summary>
    AlreadyVoted,

    /// <summary>Only a senior may do this.</summary>
    SeniorOnly,

    /// <summary>There is no decision to take back, it is another's, or the time to undo is over.</summary>
    NothingToUndo,

    /// <summary>The case has changed since it was read.</summary>
    Changed,
}
