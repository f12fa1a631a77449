using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Streaming.Images;
using MoodStream.StreamingTests.Kafka;

namespace MoodStream.StreamingTests.Images;

/// <summary>A folder of its own for one test's image store.</summary>
internal sealed class ImageFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("moodstream-images-");

    /// <summary>Folder around the store's root: what lies here must stay out of reach.</summary>
    public string Parent => _parent.FullName;

    public string Root => Path.Combine(Parent, "store");

    public FileImageStore Store(long maxBytes = 1 << 20, long reserveBytes = 0) =>
        new(new ImageSettings { Root = Root, MaxBytes = maxBytes, ReserveBytes = reserveBytes }, KafkaHarness.Metrics(), NullLogger<FileImageStore>.Instance);

    public void Dispose() => _parent.Delete(recursive: true);
}
