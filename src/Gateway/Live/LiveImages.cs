using MoodStream.Gateway.Http;
using MoodStream.Gateway.Images;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Live;

/// <summary>Finds the bytes of one of the newest images.</summary>
internal sealed class LiveImages(LiveRing ring, StoredImages images, GatewaySettings settings)
{
    /// <summary>The bytes and their media type, or why they are not shown.</summary>
    public async Task<(byte[]? Bytes, string? MediaType, Refusal? Refused)> FindAsync(string imageId, CancellationToken cancellation)
    {
        if (ring.Find(imageId) is not { } result) return (null, null, NotAmongNewest(settings.LiveResults));
        if (result.Image is null)
            return (null, null, StoredImages.NotShown($"This {result.Verdict.WireName()} has no image that is shown."));
        return await images.ReadAsync(imageId, result.DataReference, result.BytesAt, cancellation);
    }

    /// <summary>Says that an image id is not known here, and why that may be.</summary>
    public static Refusal NotAmongNewest(int kept) => new(ProblemKind.NotAmongNewest,
        $"The image is not, not yet or no longer among the newest {kept} results. Read the topics for older ones.");
}
