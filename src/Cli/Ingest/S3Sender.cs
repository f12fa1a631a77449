using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using MoodStream.Streaming.Images;

namespace MoodStream.Cli.Ingest;

/// <summary>Sends objects of one prefix.</summary>
/// <param name="s3">The store.</param>
/// <param name="place">Bucket and prefix.</param>
/// <param name="source">Source id of all; null where each object's folder below the prefix gives it.</param>
/// <param name="client">The gateway.</param>
/// <param name="tally">Counts.</param>
internal sealed class S3Sender(IAmazonS3 s3, S3Address place, string? source, GatewayClient client, IngestTally tally)
{
    /// <summary>Sends an object; one that has gone meanwhile, or cannot be read, is told and left.</summary>
    public async Task SendAsync(S3Object found, CancellationToken cancellation)
    {
        var file = new ImageFile(found.Key, found.Size ?? 0, (found.LastModified ?? DateTime.UnixEpoch).ToUniversalTime());
        var id = source ?? ImageFile.SourceOf(place.Bucket, found.Key);
        tally.Read();
        try
        {
            using var answer = await s3.GetObjectAsync(place.Bucket, found.Key, cancellation);
            var bytes = new byte[answer.ContentLength];
            await answer.ResponseStream.ReadExactlyAsync(bytes, cancellation);
            tally.Sent(found.Key, await client.SendAsync(new(id, file.ImageId(id), bytes), cancellation));
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            tally.Sent(found.Key, $"cannot be read: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            tally.Dropped();
            throw;
        }
    }
}
