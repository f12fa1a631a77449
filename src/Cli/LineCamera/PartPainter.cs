using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>Draws parts: a blank, its holes, and the code that a laser wrote on it.</summary>
internal sealed class PartPainter : IDisposable
{
    private const int Blanks = 10;
    private readonly PartFace[] _flanges;
    private readonly PartFace[] _others;
    private readonly Dictionary<float, Sprite> _holes;
    private readonly SKPaint _ink = new() { IsAntialias = true };

    /// <summary>Machines the stock of blanks.</summary>
    public PartPainter(float density, Random chance)
    {
        _flanges = [.. Enumerable.Range(0, Blanks).Select(_ => new PartFace(Part.Flange, density, chance))];
        _others = [.. Part.Others.Select(part => new PartFace(part, density, chance))];
        _holes = Part.Others.Append(Part.Flange).SelectMany(part => part.Holes).Select(hole => hole.Radius).Distinct()
            .ToDictionary(radius => radius, radius => HoleOf(radius, density));
    }

    /// <summary>Draws the product.</summary>
    /// <param name="canvas">The scene, in world units.</param>
    /// <param name="pose">Where it lies.</param>
    /// <param name="defect">What is wrong: a scratch and missing holes are drawn here.</param>
    /// <param name="chance">Draws of this part.</param>
    /// <param name="flaw">Draws of the defect.</param>
    public void DrawFlange(SKCanvas canvas, Pose pose, Defect? defect, Random chance, Random flaw)
    {
        chance.OneOf(_flanges).Draw(canvas, pose);
        if (defect == Defect.Scratch) Scratches.Draw(canvas, pose, flaw);
        var undrilled = defect == Defect.MissingHole ? flaw.Next(1, 3) : 0;
        var firstMissing = flaw.Next(1, Part.Flange.Holes.Count);
        for (var i = 0; i < Part.Flange.Holes.Count; i++)
        {
            var missing = i > 0 && (i - firstMissing + 6) % 6 < undrilled;
            if (!missing) DrawHole(canvas, pose, Part.Flange.Holes[i]);
        }

        DrawCode(canvas, pose, chance);
    }

    /// <summary>Draws a part that does not belong here.</summary>
    public void DrawOther(SKCanvas canvas, Pose pose, Random chance)
    {
        var kind = chance.Next(_others.Length);
        _others[kind].Draw(canvas, pose);
        foreach (var hole in Part.Others[kind].Holes) DrawHole(canvas, pose, hole);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var face in _flanges) face.Dispose();
        foreach (var face in _others) face.Dispose();
        foreach (var hole in _holes.Values) hole.Dispose();
        _ink.Dispose();
    }

    private void DrawHole(SKCanvas canvas, Pose pose, Hole hole)
    {
        var (x, y) = pose.Place(hole.X, hole.Y);
        _holes[hole.Radius].Draw(canvas, x, y, pose.Scale);
    }

    // A square code of random modules, another one on each part.
    private void DrawCode(SKCanvas canvas, Pose pose, Random chance)
    {
        const int modules = 10;
        const float module = 1.25f;
        canvas.Save();
        canvas.Translate(pose.X, pose.Y);
        canvas.Scale(pose.Scale);
        canvas.RotateDegrees(pose.Degrees + 30);
        canvas.Translate(Part.BoltCircle, 0);
        _ink.Color = new SKColor(30, 30, 34, (byte)chance.Next(95, 150));
        for (var y = 0; y < modules; y++)
        {
            for (var x = 0; x < modules; x++)
            {
                var dark = x == 0 || y == modules - 1 || ((y == 0 || x == modules - 1) ? (x + y) % 2 == 0 : chance.Happens(0.5));
                if (dark) canvas.DrawRect((x - modules / 2f) * module, (y - modules / 2f) * module, module, module, _ink);
            }
        }

        canvas.Restore();
    }

    // Chamfer around, dark belt below, and the far wall in the light.
    private static Sprite HoleOf(float hole, float density)
    {
        var chamfer = MathF.Min(0.24f * hole, 4.5f);
        return new Sprite(hole + chamfer + 1, density, (x, y) =>
        {
            var radius = MathF.Sqrt(x * x + y * y);
            var (dx, dy) = (x / MathF.Max(radius, 0.01f), y / MathF.Max(radius, 0.01f));
            var rim = 150 * Shading.Of(-dx, -dy, 0.66f);
            var facing = -(dx * Shading.Azimuth.X + dy * Shading.Azimuth.Y);
            var wall = 78 * Shading.Step(0.1f, 1, facing) * Shading.Step(0.72f, 0.97f, radius / hole);
            var depth = 20 + 12 * Shading.Step(-0.2f, 0.6f, facing * radius / hole) + wall;
            var brightness = float.Lerp(depth, rim, Shading.Step(hole - 0.7f, hole + 0.7f, radius));
            return Shading.Steel(brightness, Shading.Step(hole + chamfer + 0.5f, hole + chamfer - 0.7f, radius));
        });
    }
}
