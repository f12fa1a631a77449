using MoodStream.Mood.Statistics;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Accumulation;

/// <summary>What one partition taught a gate: the images of its window, and the moments of those that are fitted to.</summary>
/// <remarks>
/// The moments are a function of the images and nothing else, so that taking an image out leaves what would be there had it never come.
/// With a forgetting factor the place of an image in the order of arrival is its age, and stays it when others are taken out.
/// Owned by one thread at a time; <see cref="Settle"/> and <see cref="Dispose"/> touch tensors.
/// </remarks>
internal sealed class LearnedPartition : IDisposable
{
    /// <summary>Decisions whose image has left the window are remembered this many windows longer, without the image.</summary>
    private const int WindowsOfDecisions = 10;

    /// <summary>Images that were held back are remembered without the image from the start.</summary>
    private const int WindowsOfHeldBack = 1;

    /// <summary>Share of the past that must be left for it to be worth carrying on.</summary>
    private const double LeastKept = 1e-6;

    private readonly LearningSettings _settings;
    private readonly Dictionary<string, LearnedImage> _images = new(StringComparer.Ordinal);
    private readonly Queue<(long Sequence, string Id)> _order = new(), _emptied = new();
    private readonly Dictionary<string, LearnedImage> _added = new(StringComparer.Ordinal), _removed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal), _deleted = new(StringComparer.Ordinal);
    private ClassMoments _moments;
    private long _momentsAt, _removedSinceRebuilt;
    private int _withFeature;
    private bool _restarted, _momentsChanged, _offsetChanged;

    /// <summary>Begins with what is stored.</summary>
    public LearnedPartition(string gate, PartitionName name, FeatureSpace space, LearningSettings settings, StoredPartition stored)
    {
        (Gate, Name, Space, _settings, Epoch, Offset, Sequence) = (gate, name, space, settings, stored.Epoch, stored.Offset, stored.Sequence);
        var known = stored.SpaceKey == space.Key;
        if (known)
            foreach (var image in stored.Images.OrderBy(i => i.Sequence)) Put(image);
        _restarted = !known;
        _momentsAt = Sequence;
        var usable = known && stored.Moments is not null && stored.Forgetting == settings.Forgetting;
        _moments = usable ? MomentBytes.Read(stored.Moments!) : Rebuilt();
        _momentsChanged = !usable && !Name.OfReview;
    }

    /// <summary>The gate.</summary>
    public string Gate { get; }

    /// <summary>The partition.</summary>
    public PartitionName Name { get; }

    /// <summary>What the features mean.</summary>
    public FeatureSpace Space { get; private set; }

    /// <summary>Number of the ownership under which this was read: whoever stores under an older one is refused.</summary>
    public long Epoch { get; }

    /// <summary>Offset to go on at.</summary>
    public long Offset { get; private set; }

    /// <summary>Place that the next image will have.</summary>
    public long Sequence { get; private set; }

    /// <summary>The images, by id.</summary>
    public IReadOnlyDictionary<string, LearnedImage> Images => _images;

    /// <summary>Whether there is anything to store.</summary>
    public bool Changed => _offsetChanged || _momentsChanged || _restarted || _changed.Count > 0 || _deleted.Count > 0;

    /// <summary>A record was dealt with, whatever came of it.</summary>
    public void Read(long offset)
    {
        Offset = offset + 1;
        _offsetChanged = true;
    }

    /// <summary>Learns an image, in place of what was known of it; what is too old leaves the window.</summary>
    public void Learn(LearnedImage image)
    {
        Unlearn(image.Id);
        Put(image with { Sequence = Sequence++ });
        _changed.Add(image.Id);
        _deleted.Remove(image.Id);
        if (image.InMoments) _added[image.Id] = _images[image.Id];
        Trim(image.At);
    }

    /// <summary>Forgets that an image ever came; nothing happens where it is not known.</summary>
    public void Unlearn(string id)
    {
        if (!_images.Remove(id, out var image)) return;
        if (image.Feature.Length > 0) _withFeature--;
        _changed.Remove(id);
        _deleted.Add(id);
        if (image.InMoments && !_added.Remove(id)) _removed[id] = image;
    }

    /// <summary>Begins anew in another space: features of the old one mean nothing there.</summary>
    public void Restart(FeatureSpace space)
    {
        foreach (var collection in new[] { _images, _added, _removed }) collection.Clear();
        _order.Clear();
        _emptied.Clear();
        _changed.Clear();
        _deleted.Clear();
        (Space, _withFeature, _restarted, _momentsChanged, _momentsAt) = (space, 0, true, !Name.OfReview, Sequence);
        _moments.Dispose();
        _moments = Rebuilt();
    }

    /// <summary>Brings the moments up to the images.</summary>
    public ClassMoments Settle()
    {
        if (Name.OfReview) return _moments;
        var forgetting = _settings.Forgetting;
        if (_added.Count == 0 && _removed.Count == 0 && (forgetting == 1 || _momentsAt == Sequence)) return _moments;
        var before = _moments;
        _removedSinceRebuilt += _removed.Count;
        // Differences of large sums lose digits: the sums are made anew before it shows.
        _moments = _removedSinceRebuilt > _settings.WindowImages ? Rebuilt() : Moved(before, forgetting) ?? Rebuilt();
        before.Dispose();
        _added.Clear();
        _removed.Clear();
        (_momentsAt, _momentsChanged) = (Sequence, true);
        return _moments;
    }

    /// <summary>What is to be stored: changes since the last <see cref="Stored"/>.</summary>
    public PartitionChanges Changes()
    {
        var moments = Settle();
        return new(
            Gate, Name, Epoch, Offset, Sequence, Space.Key, _settings.Forgetting,
            _momentsChanged ? MomentBytes.Write(moments) : null,
            _restarted,
            [.. _deleted],
            [.. _changed.Select(id => (id, _images[id].ToBytes()))]);
    }

    /// <summary>The changes are stored.</summary>
    public void Stored()
    {
        _changed.Clear();
        _deleted.Clear();
        (_restarted, _momentsChanged, _offsetChanged) = (false, false, false);
    }

    /// <inheritdoc/>
    public void Dispose() => _moments.Dispose();

    private void Put(LearnedImage image)
    {
        _images[image.Id] = image;
        if (image.Feature.Length > 0)
        {
            _withFeature++;
            _order.Enqueue((image.Sequence, image.Id));
        }
        else
        {
            _emptied.Enqueue((image.Sequence, image.Id));
        }
    }

    /// <summary>Lets go of what is beyond the window; of a decision first the image, and much later the decision.</summary>
    private void Trim(DateTimeOffset newest)
    {
        while (_order.TryPeek(out var oldest))
        {
            if (Current(oldest) is not { } image) _order.Dequeue();
            else if (_withFeature > _settings.WindowImages || image.At < newest - _settings.WindowAge) Leave(image);
            else break;
        }

        var remembered = (Name.OfReview ? WindowsOfHeldBack : WindowsOfDecisions) * (long)_settings.WindowImages;
        while (_emptied.TryPeek(out var oldest) && (_emptied.Count > remembered || Current(oldest) is null))
        {
            _emptied.Dequeue();
            if (Current(oldest) is { } image) Unlearn(image.Id);
        }
    }

    private void Leave(LearnedImage image)
    {
        _order.Dequeue();
        Unlearn(image.Id);
        if (!Name.OfDecisions) return;
        Put(image with { Feature = [] });
        _deleted.Remove(image.Id);
        _changed.Add(image.Id);
    }

    /// <summary>The image that a place in the order stands for; null where it has gone, or come anew.</summary>
    private LearnedImage? Current((long Sequence, string Id) place) =>
        _images.TryGetValue(place.Id, out var image) && image.Sequence == place.Sequence ? image : null;

    private ClassMoments Rebuilt()
    {
        // Images that were held back are in no moments: the smallest there are take no room.
        if (Name.OfReview) return ClassMoments.Empty(1, 1);
        _removedSinceRebuilt = 0;
        return FeatureTensors.Moments([.. _images.Values.Where(i => i.InMoments)], Space, _settings.Forgetting, Sequence);
    }

    /// <summary>The moments with what came and without what went; null where too little is left of them to be exact.</summary>
    private ClassMoments? Moved(ClassMoments before, double forgetting)
    {
        var kept = Math.Pow(forgetting, Sequence - _momentsAt);
        if (kept < LeastKept) return null;
        using var aged = before.Decay(kept);
        using var came = FeatureTensors.Moments(_added.Values, Space, forgetting, Sequence);
        using var went = FeatureTensors.Moments(_removed.Values, Space, forgetting, Sequence);
        using var merged = aged.Merge(came);
        try
        {
            return merged.Remove(went);
        }
        catch (StatisticsException e) when (e.Fault == StatisticsFault.RemovedTooMuch)
        {
            return null;                                                               // rounding: the images tell better
        }
    }
}
