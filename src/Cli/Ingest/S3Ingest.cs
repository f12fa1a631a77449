using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using MoodStream.Cli.Terminal;
using MoodStream.Streaming.Images;

namespace MoodStream.Cli.Ingest;

/// <summary>Sends every image below an S3 prefix once, and goes on where it stopped.</summary>
/// <remarks>Order: that of the keys, as S3 lists them. Memory: one page of a thousand keys, however many there are.</remarks>
internal sealed class S3Ingest(IAmazonS3 s3, S3Address place, FileInfo? stateFile, S3Sender sender)
{
    /// <summary>Done objects between two writes of the state; after a crash so many, and those on their way, are sent again.</summary>
    private const int StateInterval = 100;

    /// <summary>Goes through the keys to the last.</summary>
    /// <param name="atOnce">Images on their way at the same time.</param>
    /// <param name="cancellation">Stops in order: the state says how far it came.</param>
    /// <exception cref="CliException">The bucket cannot be listed.</exception>
    public async Task RunAsync(int atOnce, CancellationToken cancellation)
    {
        var state = IngestState.Read(stateFile, place.ToString());
        var sending = new Queue<(string Key, Task Sent)>();
        var done = 0;
        try
        {
            await foreach (var found in ListAsync(state.Cursor, cancellation))
            {
                if (sending.Count == atOnce) await FirstAsync();
                sending.Enqueue((found.Key, sender.SendAsync(found, cancellation)));
            }
            while (sending.Count > 0) await FirstAsync();
        }
        finally
        {
            foreach (var (_, left) in sending) await left.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            state.Write(stateFile);
        }

        async Task FirstAsync()
        {
            var (key, sent) = sending.Dequeue();
            await sent;
            state = state with { Cursor = key };
            if (++done % StateInterval == 0) state.Write(stateFile);
        }
    }

    private async IAsyncEnumerable<S3Object> ListAsync(
        string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        ListObjectsV2Response page;
        do
        {
            page = await PageAsync(after, cancellation);
            foreach (var found in page.S3Objects ?? [])
            {
                after = found.Key;
                if (ImageFile.IsImage(found.Key)) yield return found;
            }
        }
        while (page.IsTruncated == true);
    }

    private async Task<ListObjectsV2Response> PageAsync(string? after, CancellationToken cancellation)
    {
        try
        {
            return await s3.ListObjectsV2Async(new() { BucketName = place.Bucket, Prefix = place.Key, StartAfter = after }, cancellation);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new CliException($"{place} cannot be listed: {e.Message}");
        }
    }
}
