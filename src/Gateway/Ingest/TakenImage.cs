using Microsoft.AspNetCore.Mvc;
using MoodStream.Gateway.Http;

namespace MoodStream.Gateway.Ingest;

/// <summary>An image that a client wants to put in.</summary>
/// <param name="Source">Source id, valid.</param>
/// <param name="ImageId">Image id, valid.</param>
/// <param name="Subject">What of the source it shows, valid; null where nobody said.</param>
/// <param name="DeclaredMediaType">Media type as declared, without parameters; null where none was.</param>
/// <param name="DeclaredBytes">Length as declared; null where none was.</param>
/// <param name="ReceivedAt">When the gateway received it, UTC.</param>
/// <param name="Body">The encoded bytes.</param>
internal sealed record ImageUpload(
    string Source, string ImageId, string? Subject, string? DeclaredMediaType, long? DeclaredBytes, DateTimeOffset ReceivedAt, Stream Body);

/// <summary>What a multipart request says of all its parts.</summary>
/// <param name="Source">Source id, valid.</param>
/// <param name="RequestId">Image id of the request; part n then has this id, a dot and n, unless it brings its own.</param>
/// <param name="Subject">What of the source the images show, unless a part brings its own.</param>
internal sealed record RequestNames(string Source, string? RequestId, string? Subject);

/// <summary>An image that is in: the broker has acknowledged its record.</summary>
internal sealed record TakenImage
{
    /// <summary>Image id; results and dead letters repeat it.</summary>
    public required string ImageId { get; init; }

    /// <summary>Source id.</summary>
    public required string Source { get; init; }

    /// <summary>Media type that the bytes begin as.</summary>
    public required string MediaType { get; init; }

    /// <summary>Encoded bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Claim-check in the image store; absent where the bytes travel inside the record.</summary>
    public string? DataReference { get; init; }

    /// <summary>Where the result can be read once there is one.</summary>
    public required string ResultLocation { get; init; }
}

/// <summary>What became of one upload: it is in, or it is refused.</summary>
internal readonly record struct IngestOutcome(TakenImage? Taken, Refusal? Refused)
{
    public static implicit operator IngestOutcome(Refusal refused) => new(null, refused);
}

/// <summary>What became of one part of a multipart request.</summary>
internal sealed record PartOutcome
{
    /// <summary>Place of the part in the request, from 0.</summary>
    public required int Part { get; init; }

    /// <summary>File name that the client gave, at most 255 characters. Never used as a path.</summary>
    public string? FileName { get; init; }

    /// <summary>HTTP status that this image alone would have had.</summary>
    public required int Status { get; init; }

    /// <summary>The image, where it is in.</summary>
    public TakenImage? Image { get; init; }

    /// <summary>RFC 9457 problem details, where it is not.</summary>
    public ProblemDetails? Problem { get; init; }
}

/// <summary>What became of a multipart request of which at least one image is in.</summary>
internal sealed record TakenParts
{
    /// <summary>Source id.</summary>
    public required string Source { get; init; }

    /// <summary>Images that are in.</summary>
    public required int Taken { get; init; }

    /// <summary>Parts that were refused.</summary>
    public required int Refused { get; init; }

    /// <summary>One entry per part, in the order of the request.</summary>
    public required IReadOnlyList<PartOutcome> Images { get; init; }
}
