namespace MoodStream.Cli.LineCamera;

/// <summary>Outer contour of a part, as distance inside it: positive within, 0 on the edge, in world units.</summary>
internal abstract record Outline
{
    /// <summary>Distance of a point inside the contour.</summary>
    public abstract float Inside(float x, float y);

    /// <summary>Radius of the smallest circle around the contour.</summary>
    public abstract float Reach { get; }

    /// <summary>Whether the face was turned on a lathe, so that its marks are circles.</summary>
    public virtual bool IsTurned => false;

    /// <summary>Direction in which the distance falls: outwards, unit length.</summary>
    public (float X, float Y) Outwards(float x, float y)
    {
        const float step = 0.25f;
        var (dx, dy) = (Inside(x - step, y) - Inside(x + step, y), Inside(x, y - step) - Inside(x, y + step));
        var length = MathF.Max(MathF.Sqrt(dx * dx + dy * dy), float.Epsilon);
        return (dx / length, dy / length);
    }

    internal sealed record Disc(float Radius) : Outline
    {
        public override float Reach => Radius;

        public override bool IsTurned => true;

        public override float Inside(float x, float y) => Radius - MathF.Sqrt(x * x + y * y);
    }

    internal sealed record Hexagon(float Apothem) : Outline
    {
        private const float HalfRoot3 = 0.8660254f;

        public override float Reach => Apothem / HalfRoot3;

        public override float Inside(float x, float y)
        {
            var (ax, ay) = (MathF.Abs(x), MathF.Abs(y));
            return Apothem - MathF.Max(ay, HalfRoot3 * ax + 0.5f * ay);
        }
    }

    internal sealed record Plate(float HalfSide, float Corner) : Outline
    {
        public override float Reach => 1.4142135f * HalfSide;

        public override float Inside(float x, float y)
        {
            var (qx, qy) = (MathF.Abs(x) - HalfSide + Corner, MathF.Abs(y) - HalfSide + Corner);
            var (ox, oy) = (MathF.Max(qx, 0), MathF.Max(qy, 0));
            return Corner - MathF.Sqrt(ox * ox + oy * oy) - MathF.Min(MathF.Max(qx, qy), 0);
        }
    }

    internal sealed record Stadium(float HalfLength, float Radius) : Outline
    {
        public override float Reach => HalfLength + Radius;

        public override float Inside(float x, float y)
        {
            var past = MathF.Max(MathF.Abs(x) - HalfLength, 0);
            return Radius - MathF.Sqrt(past * past + y * y);
        }
    }
}
