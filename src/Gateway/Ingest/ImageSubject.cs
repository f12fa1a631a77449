using Microsoft.Extensions.Primitives;
using MoodStream.Gateway.Http;

namespace MoodStream.Gateway.Ingest;

/// <summary>Reads what of its source an image shows (a study, a lot, a work order), where a client says so.</summary>
internal static class ImageSubject
{
    /// <summary>CloudEvents subject in HTTP binary mode.</summary>
    public const string CloudEventsSubject = "ce-subject";

    /// <summary>The rule for people.</summary>
    public const string Rule = "1 to 128 printable ASCII characters";

    /// <summary>The rule for machines.</summary>
    public const string Pattern = "^[ -~]{1,128}$";

    private const int MostCharacters = 128;

    /// <summary>The subject of this header, null where there is none, or why it is refused.</summary>
    public static (string? Subject, Refusal? Refused) Read(StringValues header)
    {
        if (StringValues.IsNullOrEmpty(header)) return (null, null);
        return header.Count == 1 && IsValid(header.ToString()) ? (header.ToString(), null) : (null, new(
            ProblemKind.InvalidSubject,
            $"The header {CloudEventsSubject} gives no usable subject: it is {Rule}, once. Leave it out where there is none."));
    }

    private static bool IsValid(string text) => text.Length is > 0 and <= MostCharacters && text.All(c => c is >= ' ' and <= '~');
}
