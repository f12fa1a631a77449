using System.Diagnostics;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;

namespace MoodStream.Bench.Pipeline;

/// <summary>The peer of a whole gate: the forward pass alone over the same batches, their images decoded beforehand.</summary>
/// <remarks>Thread-safety: owned by one thread at a time.</remarks>
internal sealed class BareForward : IDisposable
{
    private readonly Backbone _backbone;
    private readonly float[][] _inputs;
    private readonly int _batch;

    /// <param name="model">The backbone.</param>
    /// <param name="frames">Encoded images.</param>
    public BareForward(GateModel model, IReadOnlyList<byte[]> frames)
    {
        (_backbone, _batch) = (Backbone.Load(model.Path, model.Device, precision: model.Precision), model.Batch);
        _inputs = [.. frames.Select(Prepare)];
    }

    /// <summary>Type of the forward pass, as it was chosen.</summary>
    public string Precision => _backbone.Precision.ToString().ToLowerInvariant();

    /// <summary>Forwards so many images in batches.</summary>
    public void Pass(int images)
    {
        for (var first = 0; first < images; first += _batch)
            _backbone.Extract([.. Enumerable.Range(first, Math.Min(_batch, images - first)).Select(i => _inputs[FrameLoad.FrameOf(i)])]).Dispose();
    }

    /// <summary>Seconds that the forward pass of so many images takes.</summary>
    public double SecondsOf(int images)
    {
        var began = Stopwatch.GetTimestamp();
        Pass(images);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Seconds of the forward pass of a single image.</summary>
    public Spread SecondsOfOne()
    {
        const int tries = 11;
        Pass(1);
        return Spread.Of([.. Enumerable.Range(0, tries).Select(_ => SecondsOf(1))]);
    }

    /// <summary>Score of each frame by the gate's own statistics.</summary>
    public double[] Scores(GateStatistics statistics)
    {
        var scores = new List<double>();
        foreach (var batch in _inputs.Chunk(_batch))
        {
            using var features = _backbone.Extract(batch);
            scores.AddRange(statistics.Judge(features).Select(j => j.Score));
        }
        return [.. scores];
    }

    /// <inheritdoc/>
    public void Dispose() => _backbone.Dispose();

    private float[] Prepare(byte[] frame)
    {
        var recipe = _backbone.Recipe;
        var input = new float[3 * recipe.OutputHeight * recipe.OutputWidth];
        recipe.Apply(ImageDecoder.Decode(frame, recipe.Decoding(ImageLimits.Default)).Image!, input);
        return input;
    }
}
