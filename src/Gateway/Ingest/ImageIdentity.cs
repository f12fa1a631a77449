using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using MoodStream.Gateway.Http;

namespace MoodStream.Gateway.Ingest;

/// <summary>Gives ids to images that bring none.</summary>
internal interface IImageIds
{
    /// <summary>An id that no other image has, and that sorts after the earlier ones.</summary>
    string Next();
}

/// <summary>Time-ordered unique ids: UUID version 7 (RFC 9562), 36 characters.</summary>
internal sealed class TimeOrderedImageIds(TimeProvider clock) : IImageIds
{
    /// <inheritdoc/>
    public string Next() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("D");
}

/// <summary>Reads the image id that a client gives, so that its retries repeat the same image and never make two.</summary>
internal static partial class ImageIdentity
{
    /// <summary>Header of an idempotent request; bare or in double quotes.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>CloudEvents id in HTTP binary mode.</summary>
    public const string CloudEventsId = "ce-id";

    /// <summary>The rule for people.</summary>
    public const string Rule = "1 to 128 letters, digits, '.', '_', ':' or '-', starting with a letter or digit";

    /// <summary>Whether the text is an image id.</summary>
    public static bool IsValid(string text) => Shape().IsMatch(text);

    /// <summary>The id of these headers, null where they bring none, or why it is refused.</summary>
    public static (string? Id, Refusal? Refused) Read(StringValues idempotencyKey, StringValues cloudEventsId)
    {
        if (idempotencyKey.Count > 1 || cloudEventsId.Count > 1)
            return (null, Refuse("an id header occurs more than once"));
        var key = Unquote(idempotencyKey.ToString());
        var id = cloudEventsId.ToString();
        if (key.Length > 0 && id.Length > 0 && key != id)
            return (null, Refuse($"{IdempotencyKey} and {CloudEventsId} differ; send one of them"));
        var given = id.Length > 0 ? id : key;
        if (given.Length == 0) return (null, null);
        return IsValid(given) ? (given, null) : (null, Refuse($"an image id is {Rule}"));
    }

    private static Refusal Refuse(string detail) => new(
        ProblemKind.InvalidImageId,
        $"The headers {IdempotencyKey} and {CloudEventsId} give no usable image id: {detail}. Leave both out to be given one.");

    private static string Unquote(string text) =>
        text is ['"', .., '"'] && text.Length >= 2 ? text[1..^1] : text;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
