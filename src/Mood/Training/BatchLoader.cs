using System.Collections.Concurrent;
using System.Diagnostics;
using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Training;

/// <summary>One step's images.</summary>
/// <param name="Views">For each way to see the images: B views of shape [3, S, S], normalised, one after another.</param>
/// <param name="Labels">Class of each image, [B]; −1 where it has none.</param>
public sealed record TrainingBatch(IReadOnlyList<float[]> Views, long[] Labels);

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
    private readonly IReadOnlyList<IImageView> _views;
    private readonly int _batchSize;
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<TrainingBatch>[] _ready;
    private readonly Thread[] _workers;
    private long _taken;
    private long _waited;
    private int _damaged;
    private volatile string? _failure;

    /// <param name="dataset">The images.</param>
    /// <param name="order">Which image comes when.</param>
    /// <param name="views">How each image is seen, at least one way.</param>
    /// <param name="batchSize">Images in a batch B.</param>
    /// <param name="firstStep">Step to begin with.</param>
    /// <param name="workers">Worker threads, at least 1.</param>
    public BatchLoader(
        IImageDataset dataset, SampleOrder order, IReadOnlyList<IImageView> views, int batchSize, long firstStep, int workers)
    {
        (_dataset, _order, _views, _batchSize) = (dataset, order, views, batchSize);
        _ready = [.. Enumerable.Range(0, workers).Select(_ => new BlockingCollection<TrainingBatch>(Ahead))];
        _workers = [.. Enumerable.Range(0, workers).Select(w =>
            new Thread(() => Prepare(w, firstStep + w)) { IsBackground = true, Name = $"loader {w}" })];
        foreach (var worker in _workers) worker.Start();
    }

    /// <summary>Damaged images met so far.</summary>
    public int Damaged => Volatile.Read(ref _damaged);

    /// <summary>How long the reader has waited for batches: what the device lost to loading.</summary>
    public TimeSpan Waited => TimeSpan.FromSeconds((double)_waited / Stopwatch.Frequency);

    /// <summary>The next batch.</summary>
    /// <exception cref="DatasetException">The data set cannot be read any more.</exception>
    public TrainingBatch Next()
    {
        var queue = _ready[(int)(_taken++ % _ready.Length)];
        var began = Stopwatch.GetTimestamp();
        try
        {
            return queue.Take();
        }
        catch (InvalidOperationException)
        {
            throw new DatasetException(_failure ?? "The loader has stopped.");
        }
        finally
        {
            _waited += Stopwatch.GetTimestamp() - began;
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

    private TrainingBatch Batch(long step)
    {
        var lengths = _views.Select(v => RgbImage.Channels * v.Side * v.Side).ToArray();
        var (images, labels) = (lengths.Select(l => new float[_batchSize * l]).ToArray(), new long[_batchSize]);
        for (var i = 0; i < _batchSize; i++)
        {
            var place = step * _batchSize + i;
            var (image, index) = Sound(place);
            var chance = _order.ChanceAt(place);
            for (var v = 0; v < _views.Count; v++)
                _views[v].Apply(image, chance, images[v].AsSpan(i * lengths[v], lengths[v]));
            labels[i] = _dataset.LabelOf(index) ?? -1;
        }
        return new(images, labels);
    }

    private (RgbImage Image, int Index) Sound(long place)
    {
        for (var index = _order.At(place); ; index = (index + 1) % _dataset.Count)
        {
            if (_dataset.Read(index).Image is { } image) return (image, index);
            if (Interlocked.Increment(ref _damaged) > _dataset.Count)
                throw new DatasetException($"{_dataset.Name} holds no image that can be decoded.");
        }
    }
}
