using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Telemetry;

namespace MoodStream.Scorer.Pipeline;

/// <summary>
/// Images whose gate has nothing to judge with: set aside, in order, so that the other gates of the scorer go on.
/// </summary>
/// <remarks>
/// Bounded in three ways. Beyond the count or the bytes there is no room. And an offset cannot move past a held image,
/// so that all that passed it is read again after a restart: only so many may. When a bound is reached the area is
/// <see cref="Full"/>, and the scorer takes nothing more until a gate judges again. Thread-safety: owned by one stage.
/// </remarks>
internal sealed class HeldImages(ScorerSettings settings, ScorerMetrics metrics)
{
    private readonly List<(PreparedImage Image, long PassedBefore)> _held = [];
    private long _bytes;
    private long _passed;

    /// <summary>Number of images held.</summary>
    public int Count => _held.Count;

    /// <summary>Whether a bound has been reached.</summary>
    public bool Full => _held.Count > 0 && (_held.Count >= settings.MaxHeldImages || _bytes >= settings.MaxHeldBytes
        || _passed - _held[0].PassedBefore >= settings.MaxImagesPastHeld);

    /// <summary>Sets an image aside, behind those that are there.</summary>
    public void Hold(PreparedImage image)
    {
        _held.Add((image, _passed));
        _bytes += SizeBytes(image);
        metrics.Held(image.Gate.Name, 1);
    }

    /// <summary>Takes note of images that went on while others are held.</summary>
    public void Pass(int images) => _passed += images;

    /// <summary>Hands out, in order, the images whose gate judges again; forgets those that belong to another member.</summary>
    /// <param name="owned">Whether an image still belongs to this scorer.</param>
    public IReadOnlyList<PreparedImage> Release(Func<PreparedImage, bool> owned)
    {
        if (_held.Count == 0) return [];
        var judging = _held.Select(h => h.Image.Gate).Distinct().Where(g => !g.Holds).ToHashSet();
        PreparedImage[] leaving = [.. _held.Select(h => h.Image).Where(i => judging.Contains(i.Gate) || !owned(i))];
        if (leaving.Length == 0) return [];
        var gone = leaving.ToHashSet<PreparedImage>(ReferenceEqualityComparer.Instance);
        _held.RemoveAll(h => gone.Contains(h.Image));
        foreach (var image in leaving) Forget(image);
        return [.. leaving.Where(owned)];
    }

    private void Forget(PreparedImage image)
    {
        _bytes -= SizeBytes(image);
        metrics.Held(image.Gate.Name, -1);
    }

    private static long SizeBytes(PreparedImage image) => image.Encoded.Length + sizeof(float) * image.Pixels.LongLength;
}
