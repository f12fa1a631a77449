namespace MoodStream.Gateway.Http;

/// <summary>Every way in which the gateway says no. A closed list: it is the problem type, a metric label and a documented table.</summary>
internal enum ProblemKind
{
    /// <summary>The source id in the path is not one.</summary>
    InvalidSource,

    /// <summary>The image id that the client gave is not one, or two different ones were given.</summary>
    InvalidImageId,

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
        ProblemKind.InvalidQuery => (400, "invalid-query", "A query parameter is not valid."),
        ProblemKind.EmptyImage => (400, "empty-image", "There is no image in the request."),
        ProblemKind.InvalidMultipart => (400, "invalid-multipart", "The multipart body cannot be read."),
        ProblemKind.IncompleteBody => (400, "incomplete-body", "The body did not arrive in full."),
        ProblemKind.CrossSite => (403, "cross-site", "Web pages of other origins may not put images in."),
        ProblemKind.ImageTooLarge => (413, "image-too-large", "The image has too many bytes."),
        ProblemKind.UnsupportedMediaType => (415, "unsupported-media-type", "This is no image of an accepted format."),
        ProblemKind.IngressBusy => (429, "ingress-busy", "The gate is behind; come back later."),
        ProblemKind.UploadMemoryFull => (429, "upload-memory-full", "Too many uploads at once; come back later."),
        ProblemKind.BrokerUnavailable => (503, "broker-unavailable", "Kafka did not take the image."),
        ProblemKind.ImageStoreUnavailable => (503, "image-store-unavailable", "The image store did not answer."),
        ProblemKind.NotAmongNewest => (404, "not-among-newest", "Not among the newest results."),
        ProblemKind.ImageNotShown => (404, "image-not-shown", "There is no image to show."),
        ProblemKind.TooManyEventClients => (503, "too-many-event-clients", "The event stream has no room."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a problem kind."),
    };
}
