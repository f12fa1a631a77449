using MoodStream.Gateway.Live;
using MoodStream.Gateway.Review.Caching;
using MoodStream.Gateway.Review.Features;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Review.Likeness;

/// <summary>One accepted image that may be shown beside a case.</summary>
/// <param name="ImageId">Image id.</param>
/// <param name="Source">Source id.</param>
/// <param name="ReceivedAt">When it was put in, UTC.</param>
/// <param name="Score">OOD score.</param>
/// <param name="Space">What made the feature; only features of one space can be compared.</param>
/// <param name="Feature">D values of length 1.</param>
/// <param name="DataReference">Reference in the image store; null where the bytes are in a record.</param>
/// <param name="BytesAt">The record whose value holds the bytes otherwise.</param>
internal sealed record AcceptedImage(
    string ImageId, string Source, DateTimeOffset ReceivedAt, double? Score, FeatureSpace Space, float[] Feature,
    string? DataReference, RecordPosition? BytesAt);

/// <summary>What made a feature: features of different backbones or preprocessings have nothing to do with each other.</summary>
/// <param name="ModelHash">Hash of the backbone.</param>
/// <param name="PreprocessingHash">Hash of the preprocessing recipe.</param>
/// <param name="Length">Number of values D.</param>
internal readonly record struct FeatureSpace(string ModelHash, string PreprocessingHash, int Length);

/// <summary>The newest accepted images of each gate with their features, as the live feed brings them; in memory alone.</summary>
/// <remarks>
/// Bounded: so many images of each gate as the settings say, and of so many gates; beyond them the oldest image, or the gate that has
/// been silent for longest, is forgotten. Repeats: a repeated image id is kept once. Thread-safety: any thread.
/// </remarks>
internal sealed class AcceptedImages(ReviewSettings settings) : ILiveListener
{
    /// <summary>Gates at most: their names come from records, which anyone can write.</summary>
    public const int MostGates = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KeptOfGate> _gates = [];
    private long _added;

    /// <inheritdoc/>
    public void Ended(LiveResult result) => Add(result);

    /// <summary>Keeps an accepted image; one that was not accepted, or has no usable feature, is left out.</summary>
    public void Add(LiveResult result)
    {
        if (!settings.Enabled || settings.AcceptedImages == 0 || result is not { Verdict: LiveVerdict.Accept, Gate: { } gate, Image: not null }
            || UnitFeature.Of(result.Feature) is not { } feature) return;
        var space = new FeatureSpace(result.ModelHash!, result.PreprocessingHash!, feature.Length);
        var image = new AcceptedImage(
            result.ImageId, result.Source, result.ReceivedAt, result.Score, space, feature, result.DataReference, result.BytesAt);
        lock (_lock)
        {
            KeptOf(gate).Add(image.ImageId, image);
            _gates[gate].LastAdded = ++_added;
        }
    }

    /// <summary>One of a gate's images; null where it is not, or no longer, among the newest.</summary>
    public AcceptedImage? Find(string gate, string imageId)
    {
        lock (_lock) return _gates.TryGetValue(gate, out var its) && its.Images.TryGet(imageId, out var image) ? image : null;
    }

    /// <summary>The images of a gate whose features can be compared with those of a space, but for one image.</summary>
    public IReadOnlyList<AcceptedImage> Of(string gate, FeatureSpace space, string butFor)
    {
        lock (_lock)
            return _gates.TryGetValue(gate, out var its) ? its.Images.Where(i => i.Space == space && i.ImageId != butFor) : [];
    }

    private NewestKept<string, AcceptedImage> KeptOf(string gate)
    {
        if (_gates.TryGetValue(gate, out var its)) return its.Images;
        if (_gates.Count == MostGates) _gates.Remove(_gates.MinBy(g => g.Value.LastAdded).Key);
        return (_gates[gate] = new(new(settings.AcceptedImages))).Images;
    }

    private sealed record KeptOfGate(NewestKept<string, AcceptedImage> Images)
    {
        public long LastAdded { get; set; }
    }
}
