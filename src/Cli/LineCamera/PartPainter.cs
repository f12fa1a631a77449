using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>Draws parts: a blank, its holes, and the code that a laser wrote on it.</summary>
internal sealed class PartPainter : IDisposable
{
    private const int Blanks = 10;
    private const float HoleRadius = 24;
    private const float HoleReach = 30;
    private readonly PartFace[] _flanges;
    private readonly PartFace[] _others;
    private readonly Sprite _hole;
    private readonly SKPaint _ink = new() { IsAntialias = true };

    /// <summary>Machines the stock of blanks.</summary>
    public PartPainter(float density, Random chance)
    {
        _flanges = [.. Enumerable.Range(0, Blanks).Select(_ => new PartFace(Part.Flange, density, chance))];
        _others = [.. Part.Others.Select(part => new PartFace(part, density, chance))];
        _hole = new Sprite(HoleReach, density, HoleColour);
    }

    /// <summary>Draws the product.</summary>
    /// <param name="canvas">The scene, in world units.</param>
    /// <param name="pose">Where it lies.</param>
    /// <param name="undrilled">How many bolt holes are missing.</param>
    /// <param name="chance">Draws of this frame.</param>
    public void DrawFlange(SKCanvas canvas, Pose pose, int undrilled, Random chance)
    {
        chance.OneOf(_flanges).Draw(canvas, pose);
        var firstMissing = chance.Next(1, Part.Flange.Holes.Count);
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
        _hole.Dispose();
        _ink.Dispose();
    }

    private void DrawHole(SKCanvas canvas, Pose pose, Hole hole)
    {
        var (x, y) = pose.Place(hole.X, hole.Y);
        _hole.Draw(canvas, x, y, hole.Radius / HoleRadius * pose.Scale);
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
    private static SKColor HoleColour(float x, float y)
    {
        var radius = MathF.Sqrt(x * x + y * y);
        var (dx, dy) = (x / MathF.Max(radius, 0.01f), y / MathF.Max(radius, 0.01f));
        var rim = 150 * Shading.Of(-dx, -dy, 0.66f);
        var facing = -(dx * Shading.Azimuth.X + dy * Shading.Azimuth.Y);
        var wall = 78 * Shading.Step(0.1f, 1, facing) * Shading.Step(0.72f, 0.97f, radius / HoleRadius);
        var depth = 20 + 12 * Shading.Step(0.2f, -0.6f, (x * Shading.Azimuth.X + y * Shading.Azimuth.Y) / HoleRadius) + wall;
        var brightness = float.Lerp(depth, rim, Shading.Step(HoleRadius - 0.8f, HoleRadius + 0.8f, radius));
        return Shading.Steel(brightness, Shading.Step(HoleReach - 0.5f, HoleReach - 2.5f, radius));
    }
}
