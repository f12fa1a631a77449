using System.Diagnostics;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using MoodStream.Scorer.Device;

namespace MoodStream.Bench.Pipeline;

/// <summary>The peer of a whole gate: the forward pass alone over the same batches, their images decoded beforehand.</summary>
/// <remarks>
/// One thread owns the backbone, as in the scorer: run from one thread of the pool after another, libtorch's kernels for bfloat16
/// have crashed. Thread-safety: owned by one task at a time.
/// </remarks>
internal sealed class BareForward : IAsyncDisposable
{
    private readonly DeviceThread _device;
    private readonly Backbone _backbone;
    private readonly float[][] _inputs;
    private readonly int _batch;

    private BareForward(DeviceThread device, Backbone backbone, float[][] inputs, int batch) =>
        (_device, _backbone, _inputs, _batch) = (device, backbone, inputs, batch);

    /// <summary>Type of the forward pass, as it was chosen.</summary>
    public string Precision => _backbone.Precision.ToString().ToLowerInvariant();

    /// <summary>Loads the backbone and decodes the images.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="frames">Encoded images.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<BareForward> LoadAsync(GateModel model, IReadOnlyList<byte[]> frames, CancellationToken cancellation)
    {
        var device = new DeviceThread();
        try
        {
            var backbone = await device.RunAsync(() => Backbone.Load(model.Path, model.Device, precision: model.Precision), cancellation);
            return new(device, backbone, [.. frames.Select(f => Prepare(backbone.Recipe, f))], model.Batch);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Seconds that the forward pass of so many images takes, in batches.</summary>
    public Task<double> SecondsOfAsync(int images, CancellationToken cancellation) => _device.RunAsync(() => SecondsOf(images), cancellation);

    /// <summary>Seconds of one forward pass of that many images, at most a batch.</summary>
    public async Task<double> SecondsOfPassAsync(int images, CancellationToken cancellation)
    {
        const int tries = 7;
        return Spread.Of(await _device.RunAsync(
            () =>
            {
                SecondsOf(images);                                           // the first one of a shape takes longer
                return Enumerable.Range(0, tries).Select(_ => SecondsOf(images)).ToArray();
            }, cancellation)).Median;
    }

    /// <summary>Score of each frame by the gate's own statistics.</summary>
    public Task<double[]> ScoresAsync(GateStatistics statistics, CancellationToken cancellation) => _device.RunAsync(
        () =>
        {
            var scores = new List<double>();
            foreach (var batch in _inputs.Chunk(_batch))
            {
                using var features = _backbone.Extract(batch);
                scores.AddRange(statistics.Judge(features).Select(j => j.Score));
            }

            return scores.ToArray();
        }, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _device.RunAsync(
            () =>
            {
                _backbone.Dispose();
                return true;
            }, CancellationToken.None);
        _device.Dispose();
    }

    private double SecondsOf(int images)
    {
        var began = Stopwatch.GetTimestamp();
        for (var first = 0; first < images; first += _batch)
            _backbone.Extract([.. Enumerable.Range(first, Math.Min(_batch, images - first)).Select(i => _inputs[FrameLoad.FrameOf(i)])]).Dispose();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static float[] Prepare(PreprocessingRecipe recipe, byte[] frame)
    {
        var input = new float[3 * recipe.OutputHeight * recipe.OutputWidth];
        recipe.Apply(ImageDecoder.Decode(frame, recipe.Decoding(ImageLimits.Default)).Image!, input);
        return input;
    }
}
