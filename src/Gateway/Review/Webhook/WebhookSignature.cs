using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MoodStream.Gateway.Review.Webhook;

/// <summary>Signs what the webhook posts, so that its receiver knows from whom and from when it is.</summary>
internal static class WebhookSignature
{
    /// <summary>Header with the time of signing, seconds since 1970.</summary>
    public const string TimeHeader = "MoodStream-Timestamp";

    /// <summary>Header with the signatures: <c>v1=</c> and 64 hexadecimal digits, one for each secret, separated by commas.</summary>
    public const string Header = "MoodStream-Signature";

    /// <summary>Header with the id of the decision; the same for every try.</summary>
    public const string IdHeader = "Idempotency-Key";

    /// <summary>HMAC-SHA256 over time, id and body with full stops between, by every secret.</summary>
    /// <remarks>Time and id are signed along, so that neither an old request nor another's id can be put to a body.</remarks>
    public static string Of(IEnumerable<string> secrets, DateTimeOffset at, string id, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{TimeOf(at)}.{id}."), .. body];
        return string.Join(',', secrets.Select(secret =>
            "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))));
    }

    /// <summary>Seconds since 1970.</summary>
    public static string TimeOf(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
