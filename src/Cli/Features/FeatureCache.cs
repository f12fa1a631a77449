using System.Text.Json;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Precision;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.Cli.Features;

/// <summary>
/// Features on disk by what they were made of and by: model, preprocessing, images, and the program. The same images through the same
/// backbone cost one forward pass, however often they are evaluated; a program of another build may round otherwise, and makes its own.
/// </summary>
/// <param name="folder">Where the files lie; null for no cache.</param>
internal sealed class FeatureCache(DirectoryInfo? folder)
{
    /// <summary>Bytes above which the files that were used least lately are removed.</summary>
    private const long MaxBytes = 4L << 30;

    private const string DamagedKey = "moodstream.damaged";
    private const string Ending = ".features.safetensors";

    /// <summary>Tells builds of the forward pass apart; builds of the same source are the same.</summary>
    private static readonly string Program = typeof(Backbone).Module.ModuleVersionId.ToString("N")[..8];

    /// <summary>The usual folder: <c>$XDG_CACHE_HOME/moodstream</c>, or <c>.cache/moodstream</c> at home; null where
    /// there is no home.</summary>
    public static DirectoryInfo? UsualFolder()
    {
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return caches is { Length: > 0 } ? new(Path.Combine(caches, "moodstream"))
            : home.Length > 0 ? new(Path.Combine(home, ".cache", "moodstream")) : null;
    }

    /// <summary>The features of a data set: those kept, or those just made, which are then kept.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="contentHash">Hash of the images.</param>
    /// <param name="extract">Makes the features.</param>
    /// <returns>The rows. The caller disposes them.</returns>
    public ExtractedSet Get(Backbone backbone, IImageDataset dataset, string contentHash, Func<ExtractedSet> extract)
    {
        if (folder is null) return extract();
        var path = Path.Combine(
            folder.FullName, $"{backbone.ModelHash}-{backbone.PreprocessingHash}-{TypeOf(backbone)}{Program}-{contentHash}{Ending}");
        if (TryRead(path, backbone, dataset) is { } kept) return kept;
        var made = extract();
        Keep(path, made);
        return made;
    }

    /// <summary>What a file's name says of a type other than the usual one.</summary>
    private static string TypeOf(Backbone backbone) => backbone.Precision == ForwardPrecision.Fp32 ? "" : "bf16-";

    /// <summary>Reads what is kept. A file that does not fit is as good as none: it is made anew.</summary>
    private static ExtractedSet? TryRead(string path, Backbone backbone, IImageDataset dataset)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            Tensor features = file.Load("features"), pixels = file.Load("pixels"), places = file.Load("places");
            var rows = places.shape[0];
            if (!features.shape.SequenceEqual([rows, backbone.FeatureLength])
                || !pixels.shape.SequenceEqual([rows, PixelFeatures.Count]))
                return null;
            int[] numbers = [.. places.data<long>().ToArray().Select(p => (int)p)];
            var damaged = JsonSerializer.Deserialize(file.Metadata[DamagedKey], CacheJson.Default.DictionaryInt32String) ?? [];
            var labels = dataset.ClassNames.Count == 0
                ? null
                : tensor(numbers.Select(i => (long)dataset.LabelOf(i)!.Value).ToArray());
            File.SetLastAccessTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
            return new(
                features.clone().MoveToOuterDisposeScope(), pixels.clone().MoveToOuterDisposeScope(),
                labels?.MoveToOuterDisposeScope(), numbers, [.. damaged.Select(d => (d.Key, d.Value))]);
        }
        catch (Exception e) when (e is SafetensorsException or JsonException or KeyNotFoundException or IOException
            or UnauthorizedAccessException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Keeps features. A disk that is full or read-only costs the next run its time, and this one nothing.</summary>
    private void Keep(string path, ExtractedSet set)
    {
        try
        {
            folder!.Create();
            using var places = tensor(set.Places.Select(p => (long)p).ToArray());
            SafetensorsWriter.Write(
                path, [("features", set.Features), ("pixels", set.Pixels), ("places", places)],
                new Dictionary<string, string>
                {
                    [DamagedKey] = JsonSerializer.Serialize(
                        set.Damaged.ToDictionary(d => d.Index, d => d.Reason), CacheJson.Default.DictionaryInt32String),
                });
            Prune(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"mood: features are not kept: {e.Message}");
        }
    }

    private void Prune(string justWritten)
    {
        var kept = 0L;
        foreach (var file in folder!.GetFiles("*" + Ending).OrderByDescending(f => f.FullName == justWritten).ThenByDescending(f => f.LastAccessTimeUtc))
        {
            kept += file.Length;
            if (kept > MaxBytes && file.FullName != justWritten) file.Delete();
        }
    }
}
