using MoodStream.Mood.Datasets;

namespace MoodStream.Cli.Demo;

/// <summary>One image of the demo's stream, with its truth.</summary>
/// <param name="Encoded">The encoded bytes.</param>
/// <param name="Truth">What makes it out-of-distribution; null if it is in-distribution.</param>
/// <param name="Identity">The same for the same image, so that a repeated image counts once.</param>
internal sealed record TrafficImage(byte[] Encoded, string? Truth, string Identity);

/// <summary>Where the demo's images come from: some to fit to, and a stream that shares none with them.</summary>
internal interface ITraffic : IDisposable
{
    /// <summary>What people see named.</summary>
    string Name { get; }

    /// <summary>Source id the images carry.</summary>
    string Source { get; }

    /// <summary>In-distribution images to fit and calibrate with.</summary>
    IImageDataset FitSet { get; }

    /// <summary>The next image of the stream.</summary>
    TrafficImage Next();
}
