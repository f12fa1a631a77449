using System.Threading.Channels;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Batching;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Scorer.Pipeline;

/// <summary>The second stage: images are gathered into batches and judged on the device.</summary>
/// <remarks>
/// Order: kept per gate, and with it per source. A gate that holds lets no image through unjudged: its images are set
/// aside (<see cref="HeldImages"/>) until it judges again, and left for the next run where the service stops first.
/// </remarks>
public sealed class ScoreStage(ScorerSettings settings, BatchScorer scorer, ScorerMetrics metrics, TimeProvider clock)
{
    private static readonly TimeSpan HoldPoll = TimeSpan.FromMilliseconds(100);
    private readonly HeldImages _held = new(settings, metrics);

    /// <summary>Scores images until there are no more. Called once.</summary>
    /// <param name="consumer">Tells whether an image still belongs to this scorer.</param>
    /// <param name="ready">Images in order.</param>
    /// <param name="scored">Where judged images go; completed at the end.</param>
    /// <param name="stopping">The service is to stop: what is held is left.</param>
    /// <param name="abort">Another stage has failed.</param>
    public async Task RunAsync(
        IRecordConsumer consumer, ChannelReader<PreparedImage> ready, ChannelWriter<IReadOnlyList<ScoredImage>> scored,
        CancellationToken stopping, CancellationToken abort)
    {
        var flow = new Flow(i => consumer.Owns(i.Record.Position), scored, stopping, abort);
        var policy = new BatchPolicy { MaxCount = settings.MaxBatchCount, MaxAge = settings.MaxBatchAge };
        var collector = new BatchCollector<PreparedImage>(policy, clock, image => image.Encoded.Length);
        await using var batches = collector.CollectAsync(ready, abort).GetAsyncEnumerator(abort);
        while (true)
        {
            var next = batches.MoveNextAsync().AsTask();
            await ReleaseUntilAsync(next, flow);
            if (!await next) break;
            metrics.Ready(ready.Count);
            await ScoreAsync(batches.Current.Items, ScorerMetrics.TriggerOf(batches.Current.Trigger), flow);
        }
        scored.Complete();
    }

    /// <summary>
    /// Scores held images as their gates judge again, which were read before whatever comes next; ends once a batch has come
    /// and may be taken.
    /// </summary>
    private async Task ReleaseUntilAsync(Task next, Flow flow)
    {
        while (true)
        {
            foreach (var images in _held.Release(flow.Owns).Chunk(settings.MaxBatchCount))
                await ScoreAsync(images, ScorerMetrics.Released, flow);
            var full = _held.Full && !flow.Stopping.IsCancellationRequested;
            if (_held.Count == 0 || (next.IsCompleted && !full)) return;
            using var waited = CancellationTokenSource.CreateLinkedTokenSource(flow.Abort);
            var poll = Task.Delay(HoldPoll, clock, waited.Token);
            if (await Task.WhenAny(full ? poll : next, poll) == poll) await poll;
            else await waited.CancelAsync();
        }
    }

    private async Task ScoreAsync(IReadOnlyList<PreparedImage> batch, string trigger, Flow flow)
    {
        var holding = batch.Select(i => i.Gate).Distinct().Where(g => g.Holds).ToHashSet();
        SetAside(batch.Where(i => holding.Contains(i.Gate) && flow.Owns(i)), flow);
        PreparedImage[] images = [.. batch.Where(i => !holding.Contains(i.Gate) && flow.Owns(i))];
        if (images.Length == 0) return;
        using var span = Traces.Batch(images.Select(i => i.Span), images.Length);
        var started = clock.GetTimestamp();
        var results = await scorer.ScoreAsync(images, flow.Abort);
        metrics.Batch(images.Length, trigger, clock.GetElapsedTime(started));

        // Statistics may go between the look at them and the batch: a gate that holds lets no image through unjudged.
        var judged = results.ToLookup(r => r.Judgement is not null || r.DeviceFault is not null || !r.Image.Gate.WaitsForStatistics);
        SetAside(judged[false].Select(r => r.Image), flow);
        ScoredImage[] going = [.. judged[true]];
        foreach (var one in going) one.Image.Gate.Inputs.Return(one.Image.Pixels);         // judged: nobody looks at them again
        _held.Pass(going.Length);
        if (going.Length > 0) await flow.Scored.WriteAsync(going, flow.Abort);
    }

    /// <summary>Keeps images aside; where the service stops, they are left for the next run.</summary>
    private void SetAside(IEnumerable<PreparedImage> images, Flow flow)
    {
        if (flow.Stopping.IsCancellationRequested) return;
        foreach (var image in images) _held.Hold(image);
    }

    private sealed record Flow(
        Func<PreparedImage, bool> Owns, ChannelWriter<IReadOnlyList<ScoredImage>> Scored,
        CancellationToken Stopping, CancellationToken Abort);
}
