namespace MoodStream.Cli.LineCamera;

/// <summary>A hole through a part: centre relative to the part's, and radius, in world units.</summary>
internal readonly record struct Hole(float X, float Y, float Radius);

/// <summary>Geometry of a machined part, in world units (the picture is 256 of them wide).</summary>
/// <param name="Outline">Outer contour.</param>
/// <param name="Boss">Radius of the raised hub; 0 for none.</param>
/// <param name="Holes">All holes, the bore first.</param>
internal sealed record Part(Outline Outline, float Boss, IReadOnlyList<Hole> Holes)
{
    /// <summary>Distance from the centre at which the product's bolt holes and its code lie.</summary>
    public const float BoltCircle = 57;

    /// <summary>The part that this line makes: a steel flange with six bolt holes.</summary>
    public static Part Flange { get; } = new(new Outline.Disc(78), 36, Around(bore: 20, count: 6, BoltCircle, 7));

    /// <summary>Parts of other lines; the first two are easily taken for the product.</summary>
    public static IReadOnlyList<Part> Others { get; } =
    [
        new(new Outline.Disc(78), 36, Around(bore: 20, count: 4, BoltCircle, 8.5f)),
        new(new Outline.Disc(78), 47, Around(bore: 12, count: 8, 63, 5)),
        new(new Outline.Disc(66), 0, Around(bore: 43, count: 0, 0, 0)),
        new(new Outline.Hexagon(57), 0, Around(bore: 33, count: 0, 0, 0)),
        new(new Outline.Plate(62, 10), 34, Around(bore: 22, count: 4, 65, 6.5f, turned: 45)),
        new(new Outline.Stadium(34, 46), 36, Around(bore: 22, count: 2, 58, 8)),
    ];

    private static Hole[] Around(float bore, int count, float circle, float radius, float turned = 0)
    {
        var holes = new Hole[count + 1];
        holes[0] = new Hole(0, 0, bore);
        for (var i = 0; i < count; i++)
        {
            var (sin, cos) = MathF.SinCos((turned + 360f * i / count) * MathF.PI / 180);
            holes[i + 1] = new Hole(circle * cos, circle * sin, radius);
        }

        return holes;
    }
}

/// <summary>Where and how a part lies on the belt.</summary>
/// <param name="X">Centre, in world units from the left.</param>
/// <param name="Y">Centre, in world units from the top.</param>
/// <param name="Scale">Size: parts differ a little, and so does their distance from the lens.</param>
/// <param name="Degrees">Rotation, clockwise.</param>
internal readonly record struct Pose(float X, float Y, float Scale, float Degrees)
{
    /// <summary>A pose as the line's feeder leaves it.</summary>
    public static Pose Draw(Random chance) => new(
        128 + chance.Normal(5), 128 + chance.Normal(6), 1 + chance.Normal(0.015), chance.Between(-14, 14));

    /// <summary>Where a point of the part is in the picture.</summary>
    public (float X, float Y) Place(float x, float y)
    {
        var (sin, cos) = MathF.SinCos(Degrees * MathF.PI / 180);
        return (X + Scale * (x * cos - y * sin), Y + Scale * (x * sin + y * cos));
    }
}
