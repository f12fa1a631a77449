using System.Threading.RateLimiting;
using MoodStream.Gateway.Http;
using MoodStream.Gateway.Settings;

namespace MoodStream.Gateway.Ingest;

/// <summary>How many images each source may put in, so that one camera gone wild does not starve the others.</summary>
/// <remarks>A bucket of tokens per source; the bucket of a source that has been quiet for a while takes no memory.</remarks>
internal sealed class SourceQuota(GatewaySettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _buckets = PartitionedRateLimiter.Create<string, string>(source =>
        settings.RateOf(source) is > 0 and var rate
            ? RateLimitPartition.GetTokenBucketLimiter(source, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = settings.SourceBurst,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1 / rate),
            })
            : RateLimitPartition.GetNoLimiter(source));

    /// <summary>Counts one image of the source; why it is refused, or null where it is within the quota.</summary>
    public Refusal? Take(string source)
    {
        using var lease = _buckets.AttemptAcquire(source);
        if (lease.IsAcquired) return null;
        return new(
            ProblemKind.SourceOverQuota,
            $"The source has sent more than its {settings.RateOf(source)} images a second. Send the image again after the time in "
            + $"Retry-After, send fewer, or have {GatewaySettings.Section}:{nameof(settings.SourceRates)} raised for it.",
            lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : settings.RetryAfter);
    }

    /// <inheritdoc/>
    public void Dispose() => _buckets.Dispose();
}
