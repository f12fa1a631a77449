namespace MoodStream.Mood.Augmentation;

/// <summary>Fills a random rectangle of a normalised image with noise, in a share of the images.</summary>
/// <param name="Probability">Share of the images, in [0, 1].</param>
/// <remarks>
/// Source: Zhong et al. 2020, "Random Erasing Data Augmentation", alg. 1, with the parameters of timm's recipe: area 0.02 to
/// 1/3, aspect 0.3 to 1/0.3, ten tries, each pixel N(0, 1). Differs: nothing.
/// </remarks>
public sealed record RandomErasing(double Probability)
{
    private const int Attempts = 10;
    private const double MinArea = 0.02;
    private const double MaxArea = 1.0 / 3;
    private const double MaxAspect = 1 / 0.3;

    /// <summary>Erases, or leaves the image as it is.</summary>
    /// <param name="image">Normalised image, shape [3, S, S]; changed in place.</param>
    /// <param name="side">Side S; pixels.</param>
    /// <param name="chance">Where chance comes from.</param>
    public void Apply(Span<float> image, int side, Random chance)
    {
        if (chance.NextDouble() >= Probability) return;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var area = side * side * (MinArea + (MaxArea - MinArea) * chance.NextDouble());
            var aspect = Math.Exp((2 * chance.NextDouble() - 1) * Math.Log(MaxAspect));
            var (width, height) = ((int)Math.Round(Math.Sqrt(area / aspect)), (int)Math.Round(Math.Sqrt(area * aspect)));
            if (width >= side || height >= side || width < 1 || height < 1) continue;
            Fill(image, side, (chance.Next(side - width + 1), chance.Next(side - height + 1), width, height), chance);
            return;
        }
    }

    private static void Fill(Span<float> image, int side, (int Left, int Top, int Width, int Height) part, Random chance)
    {
        for (var plane = 0; plane < image.Length; plane += side * side)
            for (var y = part.Top; y < part.Top + part.Height; y++)
                foreach (ref var value in image.Slice(plane + y * side + part.Left, part.Width))
                    value = (float)chance.NextNormal();
    }
}
