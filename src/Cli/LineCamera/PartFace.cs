using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>One blank of a part: contour, chamfers, hub and machining marks, without its holes; and its shadow.</summary>
internal sealed class PartFace : IDisposable
{
    private const float Chamfer = 2.6f;
    private const float Base = 148;
    private const float ShadowReach = 12;

    private readonly Part _part;
    private readonly float[] _rings = new float[256];
    private readonly ValueNoise _grain;
    private readonly float _sheen;
    private readonly float _sheenWidth;
    private readonly Sprite _face;
    private readonly Sprite _shadow;

    /// <summary>Machines a blank; each one has marks of its own.</summary>
    public PartFace(Part part, float density, Random chance)
    {
        _part = part;
        for (var i = 0; i < _rings.Length; i++) _rings[i] = chance.Between(-1, 1);
        _grain = new ValueNoise(64, chance);
        _sheen = chance.Between(0.30, 0.46);
        _sheenWidth = chance.Between(0.10, 0.18);
        _face = new Sprite(part.Outline.Reach + 2, density, Face);
        _shadow = new Sprite(part.Outline.Reach + ShadowReach, density, Shadow);
    }

    /// <summary>Draws shadow and blank.</summary>
    public void Draw(SKCanvas canvas, Pose pose)
    {
        canvas.Save();
        canvas.Translate(pose.X, pose.Y);
        canvas.Scale(pose.Scale);
        // Marks of a lathe are circles: turning such a part leaves its sheen where the lamp is.
        if (_part.Outline.IsTurned)
        {
            _shadow.Draw(canvas, 4.5f, 6);
            _face.Draw(canvas, 0, 0);
        }
        else
        {
            canvas.RotateDegrees(pose.Degrees);
            _shadow.Draw(canvas, 4.5f, 6);
            _face.Draw(canvas, 0, 0);
        }

        canvas.Restore();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _face.Dispose();
        _shadow.Dispose();
    }

    private SKColor Shadow(float x, float y) =>
        new(4, 5, 6, (byte)(185 * Shading.Step(-ShadowReach + 1, 4, _part.Outline.Inside(x, y))));

    private SKColor Face(float x, float y)
    {
        var inside = _part.Outline.Inside(x, y);
        var radius = MathF.Sqrt(x * x + y * y);
        var light = Light(x, y, inside, radius);
        var marks = _part.Outline.IsTurned ? Turned(x, y, radius) : Milled(x, y);
        var flat = Shading.Step(0, Chamfer, inside) * (1 - 0.8f * OnHubEdge(radius));
        var brightness = Base * light * (1 + flat * (marks - 1)) + 3 * _grain.At(x / 40, y / 40);
        return Shading.Steel(brightness, inside + 0.5f);
    }

    private float Light(float x, float y, float inside, float radius)
    {
        var onChamfer = Shading.Step(Chamfer + 0.6f, Chamfer - 0.6f, inside);
        if (onChamfer > 0)
        {
            var (dx, dy) = _part.Outline.Outwards(x, y);
            return float.Lerp(1, Shading.Of(dx, dy, 0.58f), onChamfer);
        }

        return _part.Boss == 0 || radius < 1 ? 1 : HubLight(x, y, radius);
    }

    private float HubLight(float x, float y, float radius)
    {
        var edge = OnHubEdge(radius);
        var towardsLamp = (x * Shading.Azimuth.X + y * Shading.Azimuth.Y) / radius;
        // The hub's own shadow falls on the flange behind it.
        var shadow = 1 - 0.34f * Shading.Step(0.1f, 0.9f, -towardsLamp)
            * Shading.Step(_part.Boss + 8, _part.Boss + 2, radius) * Shading.Step(_part.Boss, _part.Boss + 2, radius);
        return shadow * float.Lerp(radius < _part.Boss ? 1.06f : 1, Shading.Of(x / radius, y / radius, 0.62f), edge);
    }

    private float OnHubEdge(float radius) => _part.Boss == 0
        ? 0
        : Shading.Step(_part.Boss - 1.6f, _part.Boss - 0.6f, radius) * Shading.Step(_part.Boss + 1.8f, _part.Boss + 0.8f, radius);

    // Light runs along circular marks: bright wedges towards the lamp and away from it, a fainter pair for the second lamp.
    private float Turned(float x, float y, float radius)
    {
        var ring = Ring(radius * 1.5f);
        var broad = Ring(radius * 0.12f + 40);
        var length = MathF.Max(radius, 0.5f);
        var across = (x * Shading.Azimuth.Y - y * Shading.Azimuth.X) / length + 0.10f * ring * broad;
        var second = (x * 0.94f + y * 0.34f) / length + 0.08f * broad;
        return 0.86f + 0.045f * ring + 0.05f * broad
            + _sheen * MathF.Exp(-across * across / _sheenWidth) + 0.3f * _sheen * MathF.Exp(-second * second / 0.05f);
    }

    private float Milled(float x, float y) =>
        0.98f + 0.06f * Ring(y * 1.3f + 128) + 0.07f * Ring(y * 0.1f + 90) + 0.12f * (x - y) / 160 + 0.04f * _grain.At(x / 900, y / 60);

    private float Ring(float at)
    {
        var floor = MathF.Floor(at);
        return float.Lerp(_rings[(int)floor & 255], _rings[((int)floor + 1) & 255], at - floor);
    }
}
