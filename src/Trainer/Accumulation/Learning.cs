using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;
using MoodStream.Trainer.Settings;
using MoodStream.Trainer.Telemetry;

namespace MoodStream.Trainer.Accumulation;

/// <summary>What learning works with.</summary>
internal sealed record LearningTools(
    PartitionStore Store, GateSpaces Spaces, RecallStore Recalls, TrainerSettings Settings, TrainerMetrics Metrics, LearnedTraces Learned,
    TimeProvider Clock, ILogger Log);

/// <summary>
/// One membership in the trainers' group: learns records one after the other, and stores what was learned together with the offsets,
/// partition by partition, each in one transaction.
/// </summary>
/// <remarks>
/// Done means: an image is stored with the offset behind it; only then is its record completed. On a crash everything since the last
/// checkpoint is read again, and counts once. Owned by one task.
/// </remarks>
internal sealed class Learning(IRecordConsumer consumer, PartitionArrivals arrivals, LearningTools tools) : IDisposable
{
    private readonly Dictionary<(string Gate, PartitionName Name), LearnedPartition> _states = [];
    private readonly HashSet<(string Gate, PartitionName Name)> _idle = [];
    private readonly HashSet<PartitionName> _fenced = [];
    private readonly HashSet<string> _looked = new(StringComparer.Ordinal);
    private readonly Dictionary<PartitionName, List<RecordPosition>> _pending = [];
    private readonly Dictionary<string, IReadOnlyList<ImageRecall>> _recalls = new(StringComparer.Ordinal);
    private long _lastCheckpoint;
    private int _pendingCount;

    /// <summary>Learns until told to stop or until the records end; then stores what was learned.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        _lastCheckpoint = tools.Clock.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            while (arrivals.TryTake(out var notice)) await OnAsync(notice, stopping);
            if (UntilCheckpoint <= TimeSpan.Zero || _pendingCount >= tools.Settings.CheckpointRecords) await CheckpointAsync(null, stopping);
            if (consumer.Records.TryRead(out var record)) await LearnAsync(record, stopping);
            else if (!await WaitAsync(stopping)) break;
        }

        await CheckpointAsync(null, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in _states.Values) state.Dispose();
        _states.Clear();
    }

    private TimeSpan UntilCheckpoint => tools.Settings.CheckpointInterval - tools.Clock.GetElapsedTime(_lastCheckpoint);

    /// <summary>Waits for a record, for a notice, or for the next checkpoint.</summary>
    /// <returns>False once the records have ended.</returns>
    private async Task<bool> WaitAsync(CancellationToken stopping)
    {
        using var waited = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var records = consumer.Records.WaitToReadAsync(waited.Token).AsTask();
        var first = await Task.WhenAny(
            records,
            arrivals.Signal.WaitToReadAsync(waited.Token).AsTask(),
            Task.Delay(UntilCheckpoint > TimeSpan.Zero ? UntilCheckpoint : TimeSpan.Zero, tools.Clock, waited.Token));
        var more = first != records || stopping.IsCancellationRequested || await records;
        await waited.CancelAsync();
        arrivals.Signal.TryRead(out _);
        return more;
    }

    private async Task OnAsync(PartitionNotice notice, CancellationToken cancellation)
    {
        if (notice.Event == PartitionEvent.Ending) await CheckpointAsync([.. notice.Names], cancellation);
        foreach (var name in notice.Names) Drop(name);
        foreach (var (gate, name, stored) in notice.Taken)
        {
            await RefreshAsync(gate, cancellation);
            if (tools.Spaces.Of(gate) is { } space) _states[(gate, name)] = new(gate, name, space, tools.Settings.Of(gate), stored);
            else _idle.Add((gate, name));
        }
    }

    private void Drop(PartitionName name)
    {
        foreach (var key in _states.Keys.Where(k => k.Name == name).ToList())
        {
            _states[key].Dispose();
            _states.Remove(key);
        }

        _idle.RemoveWhere(k => k.Name == name);
        _fenced.Remove(name);
        if (_pending.Remove(name, out var dropped)) _pendingCount -= dropped.Count;
    }

    private async Task LearnAsync(ReceivedRecord record, CancellationToken cancellation)
    {
        var name = new PartitionName(record.Position.Topic, record.Position.Partition);
        if (!consumer.Owns(record.Position) || _fenced.Contains(name)) return;
        if (!_pending.TryGetValue(name, out var positions)) _pending[name] = positions = [];
        // Of an image that was held back nothing is learned yet: its trace goes on with the decision.
        using var span = name.OfReview ? null : Traces.Process(record, tools.Settings.Group);
        var (gate, message) = Read(record);
        var outcome = message is null ? LessonOutcome.Unreadable : await LearnAsync(gate, name, record.Position.Offset, message, cancellation);
        positions.Add(record.Position);
        _pendingCount++;
        if (outcome is { } what) tools.Metrics.Learned(gate, what);
        if (outcome is LessonOutcome.Fit or LessonOutcome.Calibration or LessonOutcome.Fresh or LessonOutcome.Ood) tools.Learned.Add(gate, span);
        if (outcome == LessonOutcome.Unreadable) tools.Log.RecordUnreadable(record.Position.ToString());
    }

    /// <returns>What became of it; null where it was dealt with before.</returns>
    private async Task<LessonOutcome?> LearnAsync(string gate, PartitionName name, long offset, object message, CancellationToken cancellation)
    {
        if (await StateAsync(gate, name, offset, cancellation) is not { } state) return LessonOutcome.NoStatistics;
        if (offset < state.Offset) return null;
        var settings = tools.Settings.Of(gate);
        return message is ReviewDecided decided
            ? Learn(state, decided, settings)
            : Learn(state, (ImageScored)message, settings);
    }

    private LessonOutcome Learn(LearnedPartition state, ImageScored scored, LearningSettings settings)
    {
        if (state.Images.ContainsKey(scored.ImageId)) return LessonOutcome.Repeated;
        var (image, outcome) = state.Name.OfReview
            ? Lessons.OfHeldBack(scored, state.Space)
            : Lessons.Of(scored, state.Space, settings);
        if (image is null) return outcome;
        if (Recalled(state.Gate, image)) return LessonOutcome.Recalled;
        state.Learn(image);
        return outcome;
    }

    private LessonOutcome Learn(LearnedPartition state, ReviewDecided decided, LearningSettings settings)
    {
        if (state.Images.TryGetValue(decided.ImageId, out var known) && known.Revision >= decided.Revision) return LessonOutcome.Repeated;
        var (image, outcome) = Lessons.Of(decided, state.Space, settings, i => tools.Spaces.Nearest(state.Gate, i));
        if (Recalled(state.Gate, image)) (image, outcome) = (image with { Use = ImageUse.None, Feature = [] }, LessonOutcome.Recalled);
        state.Learn(image);
        return outcome;
    }

    private bool Recalled(string gate, LearnedImage image) =>
        _recalls.TryGetValue(gate, out var recalls) && recalls.Any(r => r.Covers(image.Source, image.At));

    /// <summary>What the partition taught the gate so far; null where the gate has nothing to learn for.</summary>
    private async Task<LearnedPartition?> StateAsync(string gate, PartitionName name, long offset, CancellationToken cancellation)
    {
        if (_states.TryGetValue((gate, name), out var state)) return state;
        if (_idle.Contains((gate, name))) return null;
        if (tools.Spaces.Of(gate) is null && _looked.Add(gate)) await RefreshAsync(gate, cancellation);
        if (tools.Spaces.Of(gate) is not { } space) return null;
        await ReadRecallsAsync(gate, cancellation);
        var stored = await tools.Store.OpenAsync(gate, name, offset, cancellation);
        return _states[(gate, name)] = new(gate, name, space, tools.Settings.Of(gate), stored);
    }

    private async Task RefreshAsync(string gate, CancellationToken cancellation)
    {
        await tools.Spaces.RefreshAsync(gate, cancellation);
        await ReadRecallsAsync(gate, cancellation);
    }

    private async Task ReadRecallsAsync(string gate, CancellationToken cancellation) =>
        _recalls[gate] = await tools.Recalls.ReadAsync(gate, cancellation);

    /// <summary>Stores what was learned, and completes its records.</summary>
    /// <param name="only">Partitions; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    private async Task CheckpointAsync(IReadOnlyCollection<PartitionName>? only, CancellationToken cancellation)
    {
        var began = tools.Clock.GetTimestamp();
        if (only is null) await LookAroundAsync(cancellation);
        foreach (var state in _states.Values.Where(s => only?.Contains(s.Name) != false).ToList())
        {
            if (_fenced.Contains(state.Name)) continue;
            if (_pending.TryGetValue(state.Name, out var read) && read.Count > 0 && read[^1].Offset >= state.Offset) state.Read(read[^1].Offset);
            if (state.Changed) await StoreAsync(state, cancellation);
        }

        foreach (var (name, positions) in _pending.Where(p => only?.Contains(p.Key) != false && !_fenced.Contains(p.Key)))
        {
            foreach (var position in positions) consumer.Complete(position);
            _pendingCount -= positions.Count;
            positions.Clear();
        }

        if (only is null) _lastCheckpoint = tools.Clock.GetTimestamp();
        tools.Metrics.Checkpoint(tools.Clock.GetElapsedTime(began));
    }

    private async Task StoreAsync(LearnedPartition state, CancellationToken cancellation)
    {
        if (await tools.Store.TryStoreAsync(state.Changes(), cancellation))
        {
            state.Stored();
            return;
        }

        // Its new owner counts what was learned here since the last checkpoint; whatever else comes of it is for the new owner too.
        tools.Metrics.Fenced();
        tools.Log.PartitionFenced(state.Name.ToString(), state.Gate, state.Epoch);
        _fenced.Add(state.Name);
        if (_pending.Remove(state.Name, out var dropped)) _pendingCount -= dropped.Count;
    }

    /// <summary>Learns of other active versions and of recalls.</summary>
    private async Task LookAroundAsync(CancellationToken cancellation)
    {
        _looked.Clear();
        foreach (var gate in _states.Keys.Select(k => k.Gate).Distinct().ToList())
        {
            await RefreshAsync(gate, cancellation);
            foreach (var state in _states.Values.Where(s => s.Gate == gate)) Renew(state);
        }
    }

    private void Renew(LearnedPartition state)
    {
        if (tools.Spaces.Of(state.Gate) is { } space && space != state.Space)
        {
            tools.Log.PartitionRestarted(state.Name.ToString(), state.Gate, state.Space.Key, space.Key);
            state.Restart(space);
        }

        if (_recalls[state.Gate].Count == 0) return;
        foreach (var image in state.Images.Values.Where(i => i.Feature.Length > 0 && Recalled(state.Gate, i)).ToList())
        {
            if (state.Name.OfDecisions) state.Learn(image with { Use = ImageUse.None, Feature = [] });
            else state.Unlearn(image.Id);
        }
    }

    private static (string Gate, object? Message) Read(ReceivedRecord record)
    {
        try
        {
            if (record.Position.Topic == Topics.Decisions)
                return JsonSerializer.Deserialize(record.Value, WireJson.Default.ReviewDecided) is { } decided ? (decided.Gate, decided) : ("", null);
            var verdict = record.Position.Topic == Topics.Review ? Verdict.Review : Verdict.Accept;
            return JsonSerializer.Deserialize(record.Value, WireJson.Default.ImageScored) is { } scored && scored.Verdict == verdict
                ? (scored.Gate, scored)
                : ("", null);
        }
        catch (JsonException)
        {
            return ("", null);
        }
    }
}
