namespace MoodStream.Cli.LineCamera;

/// <summary>Smooth random values on a torus: textures made of them repeat without a seam.</summary>
internal sealed class ValueNoise
{
    private readonly float[] _lattice;
    private readonly int _cells;

    /// <summary>Draws the lattice.</summary>
    /// <param name="cells">Lattice points along each axis, before it repeats.</param>
    /// <param name="chance">Source of the values.</param>
    public ValueNoise(int cells, Random chance)
    {
        _cells = cells;
        _lattice = new float[cells * cells];
        for (var i = 0; i < _lattice.Length; i++) _lattice[i] = chance.Between(-1, 1);
    }

    /// <summary>Value in [−1, 1] at a point of the unit torus.</summary>
    public float At(float u, float v)
    {
        var (x, y) = (u * _cells, v * _cells);
        var (x0, y0) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        var (fx, fy) = (Smooth(x - x0), Smooth(y - y0));
        var top = float.Lerp(Point(x0, y0), Point(x0 + 1, y0), fx);
        var bottom = float.Lerp(Point(x0, y0 + 1), Point(x0 + 1, y0 + 1), fx);
        return float.Lerp(top, bottom, fy);
    }

    private static float Smooth(float t) => t * t * (3 - 2 * t);

    private float Point(int x, int y) => _lattice[Wrap(y) * _cells + Wrap(x)];

    private int Wrap(int i) => (i % _cells + _cells) % _cells;
}
