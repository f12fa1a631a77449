namespace MoodStream.Mood.Calibration;

/// <summary>Distribution of the largest distance between an empirical distribution function of n draws and the true one.</summary>
/// <remarks>
/// Source: Marsaglia, Tsang and Wang 2003, "Evaluating Kolmogorov's Distribution", J. Statistical Software 8(18), after
/// Durbin 1973: exact, n! / nⁿ times one entry of the n-th power of a matrix. Error: about 1e-13.
/// </remarks>
internal static class KolmogorovDistribution
{
    /// <summary>From this n d² on the tail is below the rounding of a double.</summary>
    private const double NothingFrom = 18;

    /// <summary>From this n on the matrix is large, and the limit distribution is right to four digits.</summary>
    private const int LimitFrom = 4000;

    /// <summary>Terms after which the limit's series no longer changes.</summary>
    private const int LimitTerms = 100;

    private const double Large = 1e140;

    /// <summary>P(D_n ≥ d).</summary>
    /// <param name="distance">Distance d, in [0, 1].</param>
    /// <param name="draws">Number of draws n, at least 1.</param>
    public static double Tail(double distance, int draws)
    {
        if (distance <= 0.5 / draws) return 1;
        if (draws * distance * distance >= NothingFrom) return 0;
        return draws >= LimitFrom ? LimitTail(Math.Sqrt(draws) * distance) : Math.Clamp(1 - Cumulative(distance, draws), 0, 1);
    }

    private static double LimitTail(double x)
    {
        double sum = 0;
        for (var k = LimitTerms; k >= 1; k--) sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * x * x);
        return Math.Clamp(sum, 0, 1);
    }

    private static double Cumulative(double distance, int draws)
    {
        var k = (int)(draws * distance) + 1;
        var (power, exponent) = Power(Durbin(k, k - draws * distance), 2 * k - 1, draws);
        var value = power[(k - 1) * (2 * k - 1) + k - 1];
        for (var i = 1; i <= draws; i++)
        {
            value *= (double)i / draws;
            if (value >= 1 / Large) continue;
            value *= Large;
            exponent--;
        }
        return value * Math.Pow(Large, exponent);
    }

    /// <summary>Durbin's matrix, [2 k − 1, 2 k − 1] row by row, for n d = k − h.</summary>
    private static double[] Durbin(int k, double h)
    {
        var m = 2 * k - 1;
        var matrix = new double[m * m];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < m; j++)
                matrix[i * m + j] = i - j + 1 < 0 ? 0 : 1;
        for (var i = 0; i < m; i++)
        {
            matrix[i * m] -= Math.Pow(h, i + 1);
            matrix[(m - 1) * m + i] -= Math.Pow(h, m - i);
        }
        matrix[(m - 1) * m] += 2 * h - 1 > 0 ? Math.Pow(2 * h - 1, m) : 0;
        for (var i = 0; i < m; i++)
            for (var j = 0; j <= i; j++)
                for (var g = 1; g <= i - j + 1; g++)
                    matrix[i * m + j] /= g;
        return matrix;
    }

    /// <summary>A power of a matrix, as a matrix times a power of <see cref="Large"/>.</summary>
    private static (double[] Matrix, int Exponent) Power(double[] matrix, int size, int power)
    {
        if (power == 1) return (matrix, 0);
        var (half, exponent) = Power(matrix, size, power / 2);
        var product = Product(half, half, size);
        exponent *= 2;
        if (power % 2 == 1) product = Product(matrix, product, size);
        if (product[size / 2 * size + size / 2] <= Large) return (product, exponent);
        for (var i = 0; i < product.Length; i++) product[i] /= Large;
        return (product, exponent + 1);
    }

    private static double[] Product(double[] a, double[] b, int size)
    {
        var product = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < size; k++)
            {
                var factor = a[i * size + k];
                for (var j = 0; j < size; j++) product[i * size + j] += factor * b[k * size + j];
            }
        }
        return product;
    }
}
