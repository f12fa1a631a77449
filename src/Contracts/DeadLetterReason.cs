namespace MoodStream.Contracts;

/// <summary>Why an image could not be judged. A closed list: it is a header, a metric label and a documented table.</summary>
public enum DeadLetterReason
{
    /// <summary>Neither a value nor a claim-check: there is no image.</summary>
    Empty,

    /// <summary>The bytes are of no supported image format.</summary>
    UnsupportedFormat,

    /// <summary>The format is known but the bytes cannot be decoded.</summary>
    Undecodable,

    /// <summary>The image ends before its last row.</summary>
    Truncated,

    /// <summary>The encoded bytes exceed the byte limit.</summary>
    TooManyBytes,

    /// <summary>The header announces more pixels than the pixel limit; nothing was decoded.</summary>
    TooManyPixels,

    /// <summary>Width or height is zero.</summary>
    ZeroSize,

    /// <summary>The claim-check names nothing in the image store.</summary>
    ClaimCheckNotFound,

    /// <summary>The claim-check is not a reference of the image store, for instance one that leads outside it.</summary>
    ClaimCheckRefused,

    /// <summary>The source id is not one: control characters, or more than 128 characters.</summary>
    InvalidSource,

    /// <summary>The image led to a feature or a score that is not a finite number.</summary>
    NotFinite,

    /// <summary>The device failed on this image alone, while its neighbours and a blank image passed.</summary>
    DeviceFailed,

    /// <summary>The source was behind, and its policy is to judge new images rather than old ones.</summary>
    ShedOldest,

    /// <summary>The source was behind, and its policy is to judge a sample.</summary>
    ShedSampled,

    /// <summary>Not an image but a decision, which the webhook's receiver did not take.</summary>
    WebhookFailed,
}

/// <summary>Names of <see cref="DeadLetterReason"/> on the wire.</summary>
public static class DeadLetterReasons
{
    /// <summary>The name on the wire, in kebab case: <c>too-many-pixels</c>.</summary>
    public static string WireName(this DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.Empty => "empty",
        DeadLetterReason.UnsupportedFormat => "unsupported-format",
        DeadLetterReason.Undecodable => "undecodable",
        DeadLetterReason.Truncated => "truncated",
        DeadLetterReason.TooManyBytes => "too-many-bytes",
        DeadLetterReason.TooManyPixels => "too-many-pixels",
        DeadLetterReason.ZeroSize => "zero-size",
        DeadLetterReason.ClaimCheckNotFound => "claim-check-not-found",
        DeadLetterReason.ClaimCheckRefused => "claim-check-refused",
        DeadLetterReason.InvalidSource => "invalid-source",
        DeadLetterReason.NotFinite => "not-finite",
        DeadLetterReason.DeviceFailed => "device-failed",
        DeadLetterReason.ShedOldest => "shed-oldest",
        DeadLetterReason.ShedSampled => "shed-sampled",
        DeadLetterReason.WebhookFailed => "webhook-failed",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a dead-letter reason."),
    };
}
