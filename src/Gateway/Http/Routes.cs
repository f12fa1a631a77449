namespace MoodStream.Gateway.Http;

/// <summary>The paths of the gateway. A path is spelled here and nowhere else.</summary>
internal static class Routes
{
    /// <summary>Images in.</summary>
    public const string Images = "/v1/sources/{source}/images";

    /// <summary>Newest results.</summary>
    public const string Results = "/v1/live/results";

    /// <summary>One of the newest results.</summary>
    public const string OneResult = "/v1/live/results/{imageId}";

    /// <summary>Rates over time.</summary>
    public const string Rates = "/v1/live/rates";

    /// <summary>Server-sent events.</summary>
    public const string Events = "/v1/live/events";

    /// <summary>Bytes of one of the newest images.</summary>
    public const string OneImage = "/v1/images/{imageId}";

    /// <summary>The review page.</summary>
    public const string ReviewPage = "/review";

    /// <summary>Gates with their review queues.</summary>
    public const string ReviewGates = "/v1/review/gates";

    /// <summary>Review cases of a gate.</summary>
    public const string ReviewCases = "/v1/review/{gate}/cases";

    /// <summary>One review case.</summary>
    public const string ReviewOneCase = "/v1/review/{gate}/cases/{caseId}";

    /// <summary>The image of a review case.</summary>
    public const string ReviewImage = "/v1/review/{gate}/cases/{caseId}/image";

    /// <summary>The heat map of the image of a review case.</summary>
    public const string ReviewHeatMap = "/v1/review/{gate}/cases/{caseId}/heat-map";

    /// <summary>Claims of whatever comes next.</summary>
    public const string ReviewClaims = "/v1/review/{gate}/claims";

    /// <summary>Claim of one case.</summary>
    public const string ReviewClaim = "/v1/review/{gate}/cases/{caseId}/claim";

    /// <summary>Sign that the reviewer is still there.</summary>
    public const string ReviewHeartbeat = "/v1/review/{gate}/cases/{caseId}/heartbeat";

    /// <summary>Decision of a claimed case.</summary>
    public const string ReviewDecision = "/v1/review/{gate}/cases/{caseId}/decision";

    /// <summary>A case back to the queue.</summary>
    public const string ReviewRelease = "/v1/review/{gate}/cases/{caseId}/release";

    /// <summary>A case to a senior.</summary>
    public const string ReviewEscalation = "/v1/review/{gate}/cases/{caseId}/escalation";

    /// <summary>A decision taken back at once.</summary>
    public const string ReviewUndo = "/v1/review/{gate}/cases/{caseId}/undo";

    /// <summary>A decision taken back by a senior.</summary>
    public const string ReviewRecall = "/v1/review/{gate}/cases/{caseId}/recall";

    /// <summary>A decision replaced by a senior.</summary>
    public const string ReviewCorrection = "/v1/review/{gate}/cases/{caseId}/correction";

    /// <summary>One decision for several cases.</summary>
    public const string ReviewBulk = "/v1/review/{gate}/decisions";

    /// <summary>Changes of cases as server-sent events.</summary>
    public const string ReviewEvents = "/v1/review/{gate}/events";

    /// <summary>How the scores of in-distribution images are distributed.</summary>
    public const string ReviewScores = "/v1/review/{gate}/score-distribution";

    /// <summary>Accepted images that are like a case.</summary>
    public const string ReviewNearest = "/v1/review/{gate}/cases/{caseId}/nearest";

    /// <summary>Bytes of one of a gate's newest accepted images.</summary>
    public const string ReviewAccepted = "/v1/review/{gate}/accepted/{imageId}";

    /// <summary>Cases that are like a case.</summary>
    public const string ReviewSimilar = "/v1/review/{gate}/cases/{caseId}/similar";

    /// <summary>Review cases of a gate, near-duplicates together.</summary>
    public const string ReviewGroups = "/v1/review/{gate}/groups";

    /// <summary>Several decisions taken back at once.</summary>
    public const string ReviewBulkUndo = "/v1/review/{gate}/decisions/undo";

    /// <summary>The operators' page.</summary>
    public const string OperatorPage = "/operate";

    /// <summary>Gates as operators see them.</summary>
    public const string OperatedGates = "/v1/operate/gates";

    /// <summary>One gate.</summary>
    public const string OperatedGate = "/v1/operate/gates/{gate}";

    /// <summary>A gate's rates over time.</summary>
    public const string OperatedRates = "/v1/operate/gates/{gate}/rates";

    /// <summary>Activations of versions.</summary>
    public const string OperatedActivations = "/v1/operate/gates/{gate}/activations";

    /// <summary>Approval of a version.</summary>
    public const string OperatedApproval = "/v1/operate/gates/{gate}/versions/{version}/approval";

    /// <summary>Rejection of a version.</summary>
    public const string OperatedRejection = "/v1/operate/gates/{gate}/versions/{version}/rejection";

    /// <summary>Requests for a refit.</summary>
    public const string OperatedRefits = "/v1/operate/gates/{gate}/refits";

    /// <summary>Answers to drift.</summary>
    public const string OperatedDrift = "/v1/operate/gates/{gate}/drift";

    /// <summary>The log-in page.</summary>
    public const string SignInPage = "/login";

    /// <summary>The session: who is there, signing in and out.</summary>
    public const string Session = "/v1/session";

    /// <summary>Ways to sign in.</summary>
    public const string SignInWays = "/v1/session/ways";

    /// <summary>Sign-in at the organisation's provider.</summary>
    public const string ProviderSignIn = "/v1/session/provider";

    /// <summary>Another password.</summary>
    public const string Password = "/v1/session/password";

    /// <summary>API description.</summary>
    public const string OpenApi = "/openapi/{documentName}.json";

    /// <summary>Path of one result.</summary>
    public static string Result(string imageId) => $"{Results}/{Uri.EscapeDataString(imageId)}";

    /// <summary>Path of one image.</summary>
    public static string Image(string imageId) => $"/v1/images/{Uri.EscapeDataString(imageId)}";

    /// <summary>Path of the bytes of an accepted image.</summary>
    public static string ReviewAcceptedOf(string gate, string imageId) =>
        $"/v1/review/{Uri.EscapeDataString(gate)}/accepted/{Uri.EscapeDataString(imageId)}";

    /// <summary>An image id as it stood in a path: the server leaves %2F as it is, and ids of other producers may hold a slash.</summary>
    public static string Unescape(string imageId) => imageId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Path of the image of a review case.</summary>
    public static string ReviewImageOf(string gate, string caseId) => $"/v1/review/{Uri.EscapeDataString(gate)}/cases/{caseId}/image";

    /// <summary>Path of the heat map of a review case.</summary>
    public static string ReviewHeatMapOf(string gate, string caseId) => $"/v1/review/{Uri.EscapeDataString(gate)}/cases/{caseId}/heat-map";
}
