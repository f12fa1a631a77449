namespace MoodStream.Gateway.Http;

/// <summary>Every way in which the gateway says no. A closed list: it is the problem type, a metric label and a documented table.</summary>
internal enum ProblemKind
{
    /// <summary>The source id in the path is not one.</summary>
    InvalidSource,

    /// <summary>The image id that the client gave is not one, or two different ones were given.</summary>
    InvalidImageId,

    /// <summary>The subject that the client gave is not one.</summary>
    InvalidSubject,

    /// <summary>A query parameter is outside what it may be.</summary>
    InvalidQuery,

    /// <summary>The request or the part has no bytes.</summary>
    EmptyImage,

    /// <summary>The multipart body cannot be read as one.</summary>
    InvalidMultipart,

    /// <summary>The body ended early or came too slowly.</summary>
    IncompleteBody,

    /// <summary>A web page of another origin tried to put images in.</summary>
    CrossSite,

    /// <summary>The image has more bytes than allowed.</summary>
    ImageTooLarge,

    /// <summary>The declared media type, or the bytes, are of no accepted image format.</summary>
    UnsupportedMediaType,

    /// <summary>The gate is behind; the client is asked to come back.</summary>
    IngressBusy,

    /// <summary>The source has used up its quota.</summary>
    SourceOverQuota,

    /// <summary>Uploads hold all the memory they may; the client is asked to come back.</summary>
    UploadMemoryFull,

    /// <summary>Kafka did not acknowledge the record.</summary>
    BrokerUnavailable,

    /// <summary>The image store could not be reached, or is full.</summary>
    ImageStoreUnavailable,

    /// <summary>The result or image is not among the newest ones.</summary>
    NotAmongNewest,

    /// <summary>There is a result, but no image that could be shown.</summary>
    ImageNotShown,

    /// <summary>The event stream has as many clients as it may have.</summary>
    TooManyEventClients,

    /// <summary>No key, or one that is unknown or has expired.</summary>
    NotAuthenticated,

    /// <summary>The key lacks the role or the gate.</summary>
    NotAllowed,

    /// <summary>A request with a session, and without the token that no page of another site knows.</summary>
    ForgedRequest,

    /// <summary>Name or password is wrong.</summary>
    SignInRefused,

    /// <summary>No provider of the organisation is configured.</summary>
    NoProvider,

    /// <summary>Too many wrong keys from one address, or too many requests of one key.</summary>
    TooManyAttempts,

    /// <summary>The body is not what the step needs.</summary>
    InvalidDecision,

    /// <summary>The gate has no statistics of that version whose calibration scores could be shown.</summary>
    NoScoreDistribution,

    /// <summary>The image of the case has no heat map.</summary>
    NoHeatMap,

    /// <summary>There is no such case, or no longer.</summary>
    CaseNotFound,

    /// <summary>Another reviewer has the case.</summary>
    CaseTaken,

    /// <summary>The token is not that of the current lease.</summary>
    StaleToken,

    /// <summary>The case is decided already.</summary>
    CaseDecided,

    /// <summary>A second say of one reviewer in one case.</summary>
    AlreadyVoted,

    /// <summary>Only a senior may decide this case.</summary>
    SeniorOnly,

    /// <summary>No decision, not theirs, or too late.</summary>
    NothingToUndo,

    /// <summary>The case changed again and again while the step was taken.</summary>
    CaseChanged,

    /// <summary>The body is not what a change of a gate needs.</summary>
    InvalidChange,

    /// <summary>There is no such gate with statistics.</summary>
    GateNotFound,

    /// <summary>The gate does not keep this version.</summary>
    VersionNotFound,

    /// <summary>The source does not drift.</summary>
    DriftNotFound,

    /// <summary>The change is none that can be made of this version.</summary>
    ChangeNotPossible,

    /// <summary>The gate is not as the operator saw it.</summary>
    GateChanged,

    /// <summary>The change does not say on which state it was decided.</summary>
    PreconditionMissing,

    /// <summary>Redis does not answer.</summary>
    ReviewUnavailable,
}

/// <summary>Status, name on the wire and title of each <see cref="ProblemKind"/>.</summary>
internal static class ProblemKinds
{
    /// <summary>What every problem type starts with.</summary>
    public const string UrnPrefix = "urn:moodstream:problem:";

    /// <summary>HTTP status.</summary>
    public static int Status(this ProblemKind kind) => Of(kind).Status;

    /// <summary>Name in kebab case: end of the problem type, and metric label.</summary>
    public static string WireName(this ProblemKind kind) => Of(kind).Name;

    /// <summary>Title for people; the same for every occurrence.</summary>
    public static string Title(this ProblemKind kind) => Of(kind).Title;

    private static (int Status, string Name, string Title) Of(ProblemKind kind) => kind switch
    {
        ProblemKind.InvalidSource => (400, "invalid-source", "The source id is not valid."),
        ProblemKind.InvalidImageId => (400, "invalid-image-id", "The image id is not valid."),
        ProblemKind.InvalidSubject => (400, "invalid-subject", "The subject is not valid."),
        ProblemKind.InvalidQuery => (400, "invalid-query", "A query parameter is not valid."),
        ProblemKind.EmptyImage => (400, "empty-image", "There is no image in the request."),
        ProblemKind.InvalidMultipart => (400, "invalid-multipart", "The multipart body cannot be read."),
        ProblemKind.IncompleteBody => (400, "incomplete-body", "The body did not arrive in full."),
        ProblemKind.CrossSite => (403, "cross-site", "Web pages of other origins may not put images in."),
        ProblemKind.ImageTooLarge => (413, "image-too-large", "The image has too many bytes."),
        ProblemKind.UnsupportedMediaType => (415, "unsupported-media-type", "This is no image of an accepted format."),
        ProblemKind.IngressBusy => (429, "ingress-busy", "The gate is behind; come back later."),
        ProblemKind.SourceOverQuota => (429, "source-over-quota", "The source sends too much; come back later."),
        ProblemKind.UploadMemoryFull => (429, "upload-memory-full", "Too many uploads at once; come back later."),
        ProblemKind.BrokerUnavailable => (503, "broker-unavailable", "Kafka did not take the image."),
        ProblemKind.ImageStoreUnavailable => (503, "image-store-unavailable", "The image store did not answer."),
        ProblemKind.NotAmongNewest => (404, "not-among-newest", "Not among the newest results."),
        ProblemKind.ImageNotShown => (404, "image-not-shown", "There is no image to show."),
        ProblemKind.TooManyEventClients => (503, "too-many-event-clients", "The event stream has no room."),
        ProblemKind.NotAuthenticated => (401, "not-authenticated", "Who asks is not known."),
        ProblemKind.NotAllowed => (403, "not-allowed", "Who asks may not do that."),
        ProblemKind.ForgedRequest => (403, "forged-request", "The request may come from another site's page."),
        ProblemKind.SignInRefused => (401, "sign-in-refused", "Name or password is wrong."),
        ProblemKind.NoProvider => (404, "no-provider", "There is no provider to sign in at."),
        ProblemKind.TooManyAttempts => (429, "too-many-attempts", "Too many requests or wrong keys; come back later."),
        ProblemKind.InvalidDecision => (400, "invalid-decision", "The request is not a valid one for a case."),
        ProblemKind.NoScoreDistribution => (404, "no-score-distribution", "There is no score distribution to show."),
        ProblemKind.NoHeatMap => (404, "no-heat-map", "There is no heat map of this image."),
        ProblemKind.CaseNotFound => (404, "case-not-found", "There is no such case."),
        ProblemKind.CaseTaken => (409, "case-taken", "Another reviewer has the case."),
        ProblemKind.StaleToken => (409, "stale-token", "The lease has ended."),
        ProblemKind.CaseDecided => (409, "case-decided", "The case is decided."),
        ProblemKind.AlreadyVoted => (409, "already-voted", "This reviewer has had a say in the case."),
        ProblemKind.SeniorOnly => (403, "senior-only", "Only a senior may do this."),
        ProblemKind.NothingToUndo => (409, "nothing-to-undo", "There is nothing to undo."),
        ProblemKind.CaseChanged => (409, "case-changed", "The case has changed meanwhile."),
        ProblemKind.InvalidChange => (400, "invalid-change", "The request is not a valid change of a gate."),
        ProblemKind.GateNotFound => (404, "gate-not-found", "There is no such gate."),
        ProblemKind.VersionNotFound => (404, "version-not-found", "The gate keeps no such version."),
        ProblemKind.DriftNotFound => (404, "drift-not-found", "The source does not drift."),
        ProblemKind.ChangeNotPossible => (409, "change-not-possible", "This cannot be done to this version."),
        ProblemKind.GateChanged => (412, "gate-changed", "The gate has changed meanwhile."),
        ProblemKind.PreconditionMissing => (428, "precondition-missing", "The change does not name what it was decided on."),
        ProblemKind.ReviewUnavailable => (503, "review-unavailable", "The review queue cannot be reached."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a problem kind."),
    };
}
