using MoodStream.Cli.LineCamera;
using MoodStream.Mood.Datasets;

namespace MoodStream.Cli.Demo;

/// <summary>The simulated line camera as traffic: sound parts to fit to, then a stream with some defects; no frame comes twice.</summary>
internal sealed class LineCameraTraffic : ITraffic
{
    private const int FrameSize = 192;
    private static readonly Defect[] Defects = Enum.GetValues<Defect>();
    private readonly SimulatedLineCamera _camera;
    private readonly Random _random;
    private readonly double _oodShare;

    /// <param name="seed">Seed of frames and defects.</param>
    /// <param name="oodShare">Share of frames with a defect, in [0, 1].</param>
    /// <param name="fitImages">Sound frames to fit and calibrate with.</param>
    public LineCameraTraffic(int seed, double oodShare, int fitImages)
    {
        _camera = new SimulatedLineCamera(seed, FrameSize);
        _random = new Random(seed);
        _oodShare = oodShare;
        FitSet = new EncodedImages("simulated line camera", [.. Enumerable.Range(0, fitImages).Select(_ => _camera.Next(null).Jpeg)]);
    }

    /// <inheritdoc/>
    public string Name => "simulated line camera";

    /// <inheritdoc/>
    public string Source => "line-1";

    /// <inheritdoc/>
    public IImageDataset FitSet { get; }

    /// <inheritdoc/>
    public TrafficImage Next()
    {
        var frame = _camera.Next(_random.NextDouble() < _oodShare ? Defects[_random.Next(Defects.Length)] : null);
        return new(frame.Jpeg, frame.Truth?.WireName(), frame.Serial.ToString());
    }

    /// <inheritdoc/>
    public void Dispose() => _camera.Dispose();
}
