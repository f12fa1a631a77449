using System.Collections.Concurrent;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Training;

/// <summary>Reads, augments and normalises batches on worker threads, ahead of the device, in an order that the seed fixes.</summary>
/// <remarks>
/// Worker w prepares steps first+w, first+w+W, …; the reader takes them in turn, so the order does not depend on timing.
/// A damaged image is replaced by the next sound one and counted.
/// </remarks>
public sealed class BatchLoader : IDisposable
{
    private const int Ahead = 4;
    private readonly IImageDataset _dataset;
    private readonly SampleOrder _order;
    private readonly RandomResizedCrop _crop;
    private readonly PreprocessingRecipe _recipe;
    private readonly int _batchSize;
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<float[]>[] _ready;
    private readonly Thread[] _workers;
    private long _taken;
    private int _damaged;
    private volatile string? _failure;

    /// <param name="dataset">The images.</param>
    /// <param name="order">Which image comes when.</param>
    /// <param name="crop">Augmentation.</param>
    /// <param name="recipe">Its mean and deviation normalise the crops.</param>
    /// <param name="batchSize">Images in a batch B.</param>
    /// <param name="firstStep">Step to begin with.</param>
    /// <param name="workers">Worker threads, at least 1.</param>
    public BatchLoader(
        IImageDataset dataset, SampleOrder order, RandomResizedCrop crop, PreprocessingRecipe recipe,
        int batchSize, long firstStep, int workers)
    {
        (_dataset, _order, _crop, _recipe, _batchSize) = (dataset, order, crop, recipe, batchSize);
        _ready = [.. Enumerable.Range(0, workers).Select(_ => new BlockingCollection<float[]>(Ahead))];
        _workers = [.. Enumerable.Range(0, workers).Select(w => new Thread(() => Prepare(w, firstStep + w)) { IsBackground = true, Name = $"loader {w}" })];
        foreach (var worker in _workers) worker.Start();
    }

    /// <summary>Damaged images met so far.</summary>
    public int Damaged => Volatile.Read(ref _damaged);

    /// <summary>The next batch: B images of shape [3, S, S], normalised, one after another.</summary>
    /// <exception cref="DatasetException">The data set cannot be read any more.</exception>
    public float[] Next()
    {
        var queue = _ready[(int)(_taken++ % _ready.Length)];
        try
        {
            return queue.Take();
        }
        catch (InvalidOperationException)
        {
            throw new DatasetException(_failure ?? "The loader has stopped.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (var worker in _workers) worker.Join();
        foreach (var queue in _ready) queue.Dispose();
        _stop.Dispose();
    }

    private void Prepare(int worker, long step)
    {
        try
        {
            for (; !_stop.IsCancellationRequested; step += _ready.Length) _ready[worker].Add(Batch(step), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
        catch (Exception e) when (e is IOException or DatasetException or UnauthorizedAccessException)
        {
            _failure = e.Message;
            _ready[worker].CompleteAdding();
        }
    }

    private float[] Batch(long step)
    {
        var length = 3 * _crop.Size * _crop.Size;
        var batch = new float[_batchSize * length];
        for (var i = 0; i < _batchSize; i++)
        {
            var place = step * _batchSize + i;
            _recipe.Apply(_crop.Apply(Sound(place), _order.ChanceAt(place)), batch.AsSpan(i * length, length));
        }
        return batch;
    }

    private RgbImage Sound(long place)
    {
        for (var index = _order.At(place); ; index = (index + 1) % _dataset.Count)
        {
            if (_dataset.Read(index).Image is { } image) return image;
            if (Interlocked.Increment(ref _damaged) > _dataset.Count) throw new DatasetException($"{_dataset.Name} holds no image that can be decoded.");
        }
    }
}
