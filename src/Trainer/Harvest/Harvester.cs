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

    /// <summary>Images that were learned so far, over all partitions of a gate.</summary>
    public async Task<long> ArrivalsAsync(string gate, CancellationToken cancellation)
    {
        long arrivals = 0;
        foreach (var name in (await store.PartitionsAsync(gate, cancellation)).Where(p => !p.OfReview))
            arrivals += await store.SequenceAsync(gate, name, cancellation);
        return arrivals;
    }
}

/// <summary>Adds partitions up, decisions first. Owned by one thread at a time.</summary>
internal sealed class HarvestBasket(FeatureSpace space, LearningSettings settings, Func<LearnedImage, bool> recalled) : IDisposable
{
    private readonly Dictionary<string, LearnedImage> _decided = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LearnedImage> _heldBack = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);
    private readonly List<LearnedImage> _calibration = [], _fresh = [], _ood = [], _released = [];
    private ClassMoments _accepted = ClassMoments.Empty(space.Classes, space.Dimension);
    private ClassMoments _confirmed = ClassMoments.Empty(space.Classes, space.Dimension);
    private long _arrivals;

    /// <summary>Adds a partition; one that learned in another space has nothing to add.</summary>
    public void Add(PartitionName name, StoredPartition stored)
    {
        if (!name.OfReview) _arrivals += stored.Sequence;
        if (stored.SpaceKey != space.Key) return;
        if (name.OfReview) AddHeldBack(stored);
        else if (name.OfDecisions) AddDecisions(stored);
        else AddAccepted(stored);
    }

    /// <summary>The sum. The caller disposes it.</summary>
    public GateHarvest Harvest()
    {
        using var accepted = Weighted(_accepted, settings.AcceptedWeight);
        using var confirmed = Weighted(_confirmed, settings.ConfirmedWeight);
        foreach (var image in _released.Where(i => OfTheWindow(i.Source, ReceivedAt(i)))) Keep(image);
        return new()
        {
            Space = space, Moments = accepted.Merge(confirmed), Calibration = _calibration, Fresh = _fresh, Ood = _ood, Arrivals = _arrivals,
            HeldBackCalibration = HeldBack(ImageUse.Calibration), HeldBackFresh = HeldBack(ImageUse.Fresh),
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
        foreach (var image in counted.Where(i => i.Accepted && settings.Mode != LearningMode.Accepted)) Keep(image);
        _released.AddRange(counted.Where(i => !i.Accepted));
        if (settings.Mode == LearningMode.Accepted) return;
        Replace(ref _confirmed, stored, counted);
    }

    private void AddHeldBack(StoredPartition stored)
    {
        if (settings.Mode == LearningMode.Confirmed) return;
        foreach (var image in stored.Images.Where(i => !recalled(i))) _heldBack.TryAdd(image.Id, image);
    }

    /// <summary>
    /// Images that the gate had held back and people let pass calibrate in every mode: without them the calibration would lack its
    /// tail. But only those of the time that the accepted ones are of: few are held back, and a window of them reaches back much
    /// further, so that all together they would be a tail as long as that of many windows.
    /// </summary>
    private bool OfTheWindow(string source, DateTimeOffset at) => !_since.TryGetValue(source, out var since) || at >= since;

    /// <summary>When a held-back image was put in, as far as that is remembered; else when it was decided.</summary>
    private DateTimeOffset ReceivedAt(LearnedImage decided) =>
        _heldBack.TryGetValue(decided.Id, out var held) ? held.At : decided.At;

    private HeldBackCount HeldBack(ImageUse drawn)
    {
        var held = _heldBack.Values.Where(i => LearnedImage.Drawn(i.Id, settings) == drawn && OfTheWindow(i.Source, i.At)).ToList();
        // What people could not, or did not want to, call in-distribution or OOD is as open as what they have not seen.
        return new(held.Count, held.Count(i => !_decided.TryGetValue(i.Id, out var decided) || decided.Use == ImageUse.None));
    }

    private void AddAccepted(StoredPartition stored)
    {
        if (settings.Mode == LearningMode.Confirmed) return;
        var counted = stored.Images.Where(i => Counts(i) && _seen.Add(i.Id)).ToList();
        foreach (var image in counted)
        {
            Keep(image);
            if (!_since.TryGetValue(image.Source, out var since) || image.At < since) _since[image.Source] = image.At;
        }
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
