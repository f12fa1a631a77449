using MoodStream.Mood.Statistics;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Harvest;

/// <summary>Merges what the partitions taught a gate.</summary>
/// <remarks>
/// A pure function of what is stored, whoever owns the partitions: the order of partitions makes no difference beyond rounding. An image
/// that people decided counts as they decided, though the gate accepted it; an image in two partitions counts once.
/// Cost: O(images) to read, O(K·D + D²) for each partition to merge. Thread-safety: any thread.
/// </remarks>
internal sealed class Harvester(PartitionStore store, RecallStore recalls)
{
    /// <summary>Gathers everything. The caller disposes it.</summary>
    public async Task<GateHarvest> CollectAsync(string gate, FeatureSpace space, LearningSettings settings, CancellationToken cancellation)
    {
        var recalled = await recalls.ReadAsync(gate, cancellation);
        using var basket = new HarvestBasket(space, settings, i => recalled.Any(r => r.Covers(i.Source, i.At)));
        // Decisions first: they say which accepted images do not count.
        foreach (var name in (await store.PartitionsAsync(gate, cancellation)).OrderBy(p => p.OfDecisions ? 0 : 1).ThenBy(p => p.ToString(), StringComparer.Ordinal))
            basket.Add(name, await store.ReadAsync(gate, name, cancellation));
        return basket.Harvest();
    }

    /// <summary>Images that have arrived so far, over all partitions of a gate.</summary>
    public async Task<long> ArrivalsAsync(string gate, CancellationToken cancellation)
    {
        long arrivals = 0;
        foreach (var name in await store.PartitionsAsync(gate, cancellation)) arrivals += await store.SequenceAsync(gate, name, cancellation);
        return arrivals;
    }
}

/// <summary>Adds partitions up, decisions first. Owned by one thread at a time.</summary>
internal sealed class HarvestBasket(FeatureSpace space, LearningSettings settings, Func<LearnedImage, bool> recalled) : IDisposable
{
    private readonly Dictionary<string, LearnedImage> _decided = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<LearnedImage> _calibration = [], _fresh = [], _ood = [];
    private ClassMoments _accepted = ClassMoments.Empty(space.Classes, space.Dimension);
    private ClassMoments _confirmed = ClassMoments.Empty(space.Classes, space.Dimension);
    private long _arrivals;

    /// <summary>Adds a partition; one that learned in another space has nothing to add.</summary>
    public void Add(PartitionName name, StoredPartition stored)
    {
        _arrivals += stored.Sequence;
        if (stored.SpaceKey != space.Key) return;
        if (name.OfDecisions) AddDecisions(stored);
        else AddAccepted(stored);
    }

    /// <summary>The sum. The caller disposes it.</summary>
    public GateHarvest Harvest()
    {
        using var accepted = Weighted(_accepted, settings.AcceptedWeight);
        using var confirmed = Weighted(_confirmed, settings.ConfirmedWeight);
        return new()
        {
            Space = space, Moments = accepted.Merge(confirmed), Calibration = _calibration, Fresh = _fresh, Ood = _ood, Arrivals = _arrivals,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _accepted.Dispose();
        _confirmed.Dispose();
    }

    private ClassMoments Weighted(ClassMoments moments, double weight) => moments.Decay(settings.Mode == LearningMode.Both ? weight : 1);

    private void AddDecisions(StoredPartition stored)
    {
        var counted = new List<LearnedImage>();
        foreach (var image in stored.Images)
        {
            var gone = recalled(image);
            var leftOut = gone || (_decided.TryGetValue(image.Id, out var other) && other.Revision >= image.Revision);
            _decided.TryAdd(image.Id, gone ? image with { Use = ImageUse.None } : image);
            if (!leftOut) counted.Add(image);
        }

        _ood.AddRange(counted.Where(i => i.Use == ImageUse.Ood && i.Feature.Length > 0));
        foreach (var image in counted.Where(CountsAsHeldOut)) Keep(image);
        if (settings.Mode == LearningMode.Accepted) return;
        Replace(ref _confirmed, stored, counted);
    }

    /// <summary>
    /// In mode Accepted, images that the gate had held back and people let pass calibrate as well: without them the calibration
    /// would lack its tail.
    /// </summary>
    private bool CountsAsHeldOut(LearnedImage image) => settings.Mode != LearningMode.Accepted || !image.Accepted;

    private void AddAccepted(StoredPartition stored)
    {
        if (settings.Mode == LearningMode.Confirmed) return;
        var counted = stored.Images.Where(i => Counts(i) && _seen.Add(i.Id)).ToList();
        foreach (var image in counted) Keep(image);
        Replace(ref _accepted, stored, counted);
    }

    private bool Counts(LearnedImage image) =>
        !recalled(image)
        && (!_decided.TryGetValue(image.Id, out var decided) || (settings.Mode == LearningMode.Accepted && decided.InDistribution));

    private void Keep(LearnedImage image)
    {
        if (image.Feature.Length == 0) return;
        if (image.Use == ImageUse.Calibration) _calibration.Add(image);
        if (image.Use == ImageUse.Fresh) _fresh.Add(image);
    }

    private void Replace(ref ClassMoments sum, StoredPartition stored, List<LearnedImage> counted)
    {
        using var part = Part(stored, counted);
        var before = sum;
        sum = before.Merge(part);
        before.Dispose();
    }

    /// <summary>Moments of the counted images of a partition: those stored, without what does not count.</summary>
    private ClassMoments Part(StoredPartition stored, List<LearnedImage> counted)
    {
        if (stored.Moments is null) return ClassMoments.Empty(space.Classes, space.Dimension);
        var whole = MomentBytes.Read(stored.Moments);
        var keep = counted.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        var removed = stored.Images.Where(i => i.InMoments && !keep.Contains(i.Id)).ToList();
        if (removed.Count == 0) return whole;
        using (whole)
        {
            using var part = FeatureTensors.Moments(removed, space, stored.Forgetting, stored.Sequence);
            try
            {
                return whole.Remove(part);
            }
            catch (StatisticsException e) when (e.Fault == StatisticsFault.RemovedTooMuch)
            {
                // Rounding: what is left is little, and told better by the images themselves.
                return FeatureTensors.Moments([.. counted.Where(i => i.InMoments)], space, stored.Forgetting, stored.Sequence);
            }
        }
    }
}
