using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>The tensors of a fitted detector by name, read with distrust. Not owned.</summary>
/// <param name="tensors">Tensors by name.</param>
internal sealed class StoredState(IReadOnlyDictionary<string, Tensor> tensors)
{
    /// <summary>Stands for an axis of any length from 1.</summary>
    public const long Any = -1;

    private const string Diagnostics = "diagnostics";
    private const string Weight = "weight";
    private const string Bias = "bias";

    private readonly HashSet<string> _asked = [];

    /// <summary>The tensor of a name, float64, finite, of a wanted shape.</summary>
    /// <exception cref="StatisticsException">There is none, or it is not as wanted.</exception>
    public Tensor Get(string name, params long[] shape)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new StatisticsException(StatisticsFault.Inconsistent, $"The state lacks '{name}'.");
        StoredTensor.RequireAxes(tensor, name, shape.Length);
        StoredTensor.Require(tensor, name, [.. shape.Select((side, axis) => side == Any ? tensor.shape[axis] : side)]);
        _asked.Add(name);
        return tensor;
    }

    /// <summary>The one value of a tensor of shape [1].</summary>
    /// <exception cref="StatisticsException">There is none, or it is not as wanted.</exception>
    public double Number(string name) => Get(name, 1).item<double>();

    /// <summary>A whole number from 1 up to a limit, kept as a tensor of shape [1].</summary>
    /// <exception cref="StatisticsException">There is none, or it is not as wanted.</exception>
    public int Count(string name, long most)
    {
        var value = Number(name);
        return value >= 1 && value <= most && value == Math.Floor(value)
            ? (int)value
            : throw new StatisticsException(StatisticsFault.Inconsistent, $"'{name}' is {value}, outside [1, {most}].");
    }

    /// <summary>How the fit went.</summary>
    /// <exception cref="StatisticsException">It is not there, or holds impossible values.</exception>
    public FitDiagnostics ReadDiagnostics()
    {
        using var scope = NewDisposeScope();
        var values = Get(Diagnostics, 3).cpu().data<double>().ToArray();
        if (values[0] is < 0 or > 1 || values[1] <= 0 || values[2] < 1)
            throw new StatisticsException(StatisticsFault.Inconsistent, $"'{Diagnostics}' holds impossible values.");
        return new FitDiagnostics(values[0], values[1], values[2]);
    }

    /// <summary>Checks a stored classifier.</summary>
    /// <returns>Its number of features D.</returns>
    /// <exception cref="StatisticsException">It is not there, or its parts do not fit.</exception>
    public long RequireClassifier(long dimension = Any)
    {
        var weight = Get(Weight, Any, dimension);                                // [K, D]
        Get(Bias, weight.shape[0]);
        return weight.shape[1];
    }

    /// <summary>Number of outputs K of the stored classifier.</summary>
    public long ClassifierOutputs => tensors[Weight].shape[0];

    /// <summary>Logits W f + b of the stored classifier.</summary>
    /// <param name="rows">Features f, shape [B, D], float64, not normalised in length.</param>
    /// <returns>Logits, shape [B, K], float64. The caller's scope owns them.</returns>
    public Tensor Logits(Tensor rows) => rows.matmul(tensors[Weight].t()).add_(tensors[Bias]);

    /// <summary>A tensor that was checked before.</summary>
    public Tensor this[string name] => tensors[name];

    /// <summary>Refuses a state with a tensor that nobody asked for.</summary>
    /// <exception cref="StatisticsException">There is one.</exception>
    public void RequireNothingElse()
    {
        if (tensors.Keys.FirstOrDefault(k => !_asked.Contains(k)) is { } unknown)
            throw new StatisticsException(StatisticsFault.Inconsistent, $"The state has an unknown tensor '{unknown}'.");
    }

    /// <summary>A classifier as tensors of a state, on a device. The caller's scope owns them.</summary>
    public static IEnumerable<(string Name, Tensor Value)> Of(LinearClassifier classifier, Device device) =>
        [(Weight, classifier.Weight.to(device).clone()), (Bias, classifier.Bias.to(device).clone())];

    /// <summary>Diagnostics as a tensor of a state, shape [3]. The caller's scope owns it.</summary>
    public static (string Name, Tensor Value) Of(FitDiagnostics diagnostics) =>
        (Diagnostics, tensor([diagnostics.ShrinkageIntensity, diagnostics.EffectiveSize, diagnostics.Condition], ScalarType.Float64));

    /// <summary>A number as a tensor of a state, shape [1]. The caller's scope owns it.</summary>
    public static (string Name, Tensor Value) Of(string name, double value) => (name, tensor([value], ScalarType.Float64));
}
