namespace MoodStream.Mood.Vision;

/// <summary>The interpolating cubic spline with not-a-knot ends, as weights of its data.</summary>
/// <remarks>
/// Source: C. de Boor, "A Practical Guide to Splines", ch. IV. With fewer than four points it is the polynomial through
/// them. Cost: O(n³ + n·m) for n points and m places; a table has some tens.
/// </remarks>
internal static class CubicSpline
{
    /// <summary>Values at places are weights times data.</summary>
    /// <param name="knots">Places of the data, rising, n of them.</param>
    /// <param name="targets">Where values are wanted, within the knots; m of them.</param>
    /// <returns>Weights, shape [m, n].</returns>
    public static double[,] Weights(double[] knots, double[] targets)
    {
        var (n, weights) = (knots.Length, new double[targets.Length, knots.Length]);
        var moments = n < 4 ? null : SecondDerivatives(knots);
        for (var t = 0; t < targets.Length; t++)
        {
            if (moments is null) Polynomial(knots, targets[t], t, weights);
            else Evaluate(knots, moments, targets[t], t, weights);
        }
        return weights;
    }

    private static void Polynomial(double[] knots, double x, int row, double[,] weights)
    {
        for (var j = 0; j < knots.Length; j++)
        {
            weights[row, j] = 1;
            for (var k = 0; k < knots.Length; k++)
                if (k != j)
                    weights[row, j] *= (x - knots[k]) / (knots[j] - knots[k]);
        }
    }

    private static void Evaluate(double[] knots, double[,] moments, double x, int row, double[,] weights)
    {
        var right = Math.Clamp(Array.FindIndex(knots, k => k >= x), 1, knots.Length - 1);
        var left = right - 1;
        var step = knots[right] - knots[left];
        double a = (knots[right] - x) / step, b = (x - knots[left]) / step;
        weights[row, left] += a;
        weights[row, right] += b;
        var (ofLeft, ofRight) = ((a * a * a - a) * step * step / 6, (b * b * b - b) * step * step / 6);
        for (var j = 0; j < knots.Length; j++) weights[row, j] += ofLeft * moments[left, j] + ofRight * moments[right, j];
    }

    /// <summary>Second derivatives at the knots as weights of the data, shape [n, n].</summary>
    private static double[,] SecondDerivatives(double[] knots)
    {
        var n = knots.Length;
        var (system, data) = (new double[n, n], new double[n, n]);
        for (var i = 1; i < n - 1; i++)
        {
            double before = knots[i] - knots[i - 1], after = knots[i + 1] - knots[i];
            (system[i, i - 1], system[i, i], system[i, i + 1]) = (before / 6, (before + after) / 3, after / 6);
            (data[i, i - 1], data[i, i], data[i, i + 1]) = (1 / before, -1 / before - 1 / after, 1 / after);
        }
        NotAKnot(system, 0, knots[1] - knots[0], knots[2] - knots[1], 0, 1, 2);
        NotAKnot(system, n - 1, knots[^1] - knots[^2], knots[^2] - knots[^3], n - 1, n - 2, n - 3);
        return Solve(system, data);
    }

    /// <summary>The third derivative does not jump at the last knot but one.</summary>
    private static void NotAKnot(double[,] system, int row, double outer, double inner, int end, int second, int third) =>
        (system[row, end], system[row, second], system[row, third]) = (inner, -(inner + outer), outer);

    /// <summary>Gauss elimination with row exchange; solves for all columns of the right side at once.</summary>
    private static double[,] Solve(double[,] system, double[,] right)
    {
        var n = system.GetLength(0);
        for (var pivot = 0; pivot < n; pivot++)
        {
            var best = Enumerable.Range(pivot, n - pivot).MaxBy(r => Math.Abs(system[r, pivot]));
            for (var c = 0; c < n; c++)
            {
                (system[pivot, c], system[best, c]) = (system[best, c], system[pivot, c]);
                (right[pivot, c], right[best, c]) = (right[best, c], right[pivot, c]);
            }
            for (var r = 0; r < n; r++)
            {
                if (r == pivot) continue;
                var factor = system[r, pivot] / system[pivot, pivot];
                if (factor == 0) continue;
                for (var c = 0; c < n; c++)
                {
                    system[r, c] -= factor * system[pivot, c];
                    right[r, c] -= factor * right[pivot, c];
                }
            }
        }
        for (var r = 0; r < n; r++)
            for (var c = 0; c < n; c++)
                right[r, c] /= system[r, r];
        return right;
    }
}
