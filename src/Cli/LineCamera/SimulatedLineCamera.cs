using MoodStream.Mood.Imaging;
using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>
/// A camera over a conveyor that exists only in memory: steel flanges pass by, no two pictures alike, and where something
/// is wrong the truth is known.
/// </summary>
/// <remarks>
/// Deterministic: seed, size and serial fix a sound frame, and a faulty one differs from it in its defect alone, whatever
/// frames came before. A frame takes a few milliseconds. Thread-safety: owned by one thread.
/// </remarks>
internal sealed class SimulatedLineCamera : IDisposable
{
    private const int Quality = 90;
    private const float World = 256;
    private readonly int _seed;
    private readonly float _density;
    private readonly Belt _belt;
    private readonly PartPainter _parts;
    private readonly Sensor _sensor;
    private readonly SKBitmap _scene;
    private readonly SKSurface _surface;
    private int _serial;

    /// <summary>Sets up belt, parts and camera.</summary>
    /// <param name="seed">Seed of all chance.</param>
    /// <param name="size">Side of the pictures, in pixels, in [64, 1024].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is outside [64, 1024].</exception>
    public SimulatedLineCamera(int seed, int size = 256)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 1024);
        _seed = seed;
        _density = size / World;
        var chance = new Random(seed);
        _belt = new Belt(size, _density, chance);
        _parts = new PartPainter(_density, chance);
        _sensor = new Sensor(size, chance);
        _scene = new SKBitmap(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Premul));
        _surface = SKSurface.Create(_scene.Info, _scene.GetPixels(), _scene.RowBytes);
    }

    /// <summary>Takes the next picture.</summary>
    /// <param name="defect">What shall be wrong; null for a sound part, well photographed.</param>
    public CameraFrame Next(Defect? defect)
    {
        var flaw = Chance.Of(_seed, _serial, ChanceStream.Flaw);
        DrawScene(defect, Chance.Of(_seed, _serial, ChanceStream.Scene), flaw);

        var exposure = Chance.Of(_seed, _serial, ChanceStream.Exposure);
        var light = Light.Steady(exposure);
        if (defect == Defect.LampFailure) light = light.Failing(flaw);
        var image = _sensor.Expose(_scene.GetPixelSpan(), light, exposure);
        return new CameraFrame(ImageEncoder.Jpeg(image, Quality), defect, _serial++);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _surface.Dispose();
        _scene.Dispose();
        _parts.Dispose();
        _belt.Dispose();
    }

    private void DrawScene(Defect? defect, Random chance, Random flaw)
    {
        var canvas = _surface.Canvas;
        canvas.ResetMatrix();
        canvas.Scale(_density);
        _belt.Draw(canvas, _serial, chance);

        var pose = Pose.Draw(chance);
        if (defect == Defect.WrongPart) _parts.DrawOther(canvas, pose, flaw);
        else _parts.DrawFlange(canvas, pose, defect, chance, flaw);

        if (defect == Defect.ForeignObject) ForeignObjects.Draw(canvas, flaw);
        if (defect == Defect.Blur) Lens.Blur(_surface, _density, flaw);
        if (defect == Defect.LensDirt) Lens.Dirt(canvas, flaw);
        canvas.Flush();
    }
}
