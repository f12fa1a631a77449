using System.ComponentModel.DataAnnotations;
using MoodStream.Contracts;
using MoodStream.Mood.Vision.Precision;
using MoodStream.Streaming.Settings;

namespace MoodStream.Scorer;

/// <summary>What a gate does with images while it has no statistics that may be used.</summary>
public enum WithoutStatistics
{
    /// <summary>It waits: images stay in Kafka, the scorer is not ready.</summary>
    Hold,

    /// <summary>It sends images to review without a score.</summary>
    Review,
}

/// <summary>What becomes of a source's images while it is behind.</summary>
public enum WhenBehind
{
    /// <summary>They wait, and every one is judged.</summary>
    Wait,

    /// <summary>Those that have waited too long are not judged, so that newer ones are in time.</summary>
    DropOldest,

    /// <summary>One in a number is judged.</summary>
    Sample,
}

/// <summary>One source. Section <c>MoodStream:Scorer:Sources:ID</c>.</summary>
public sealed record SourceSettings
{
    /// <summary>What becomes of images while the source is behind; those not judged become dead letters. Default Wait.</summary>
    public WhenBehind WhenBehind { get; init; } = WhenBehind.Wait;

    /// <summary>Age of an image in Kafka from which the source counts as behind. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "30.00:00:00")]
    public TimeSpan BehindAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>With Sample: one image in so many is judged while the source is behind. Default 10.</summary>
    [Range(2, 1_000_000)]
    public int OneIn { get; init; } = 10;
}

/// <summary>How the scorer works. Section <c>MoodStream:Scorer</c>.</summary>
public sealed record ScorerSettings : ICheckedSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Scorer";

    /// <summary>Consumer group; scorers of one group share the partitions.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string Group { get; init; } = ConsumerGroups.Scorer;

    /// <summary>
    /// Name of this scorer for static membership, another one for each: one that restarts within the session keeps its partitions,
    /// and under exactly-once ends at once what it left open. Default: dynamic.
    /// </summary>
    [RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string? StaticMember { get; init; }

    /// <summary>Device of the backbones: cpu, or cuda where built for it.</summary>
    [RegularExpression("cpu|cuda(:[0-9]{1,2})?")]
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// Type of the forward pass: Fp32; Bf16 for Vision Transformers; Auto takes Bf16 where the processor has it. Statistics are fitted
    /// in fp32; measure first that scores in bf16 agree with them. Default Fp32.
    /// </summary>
    public ForwardPrecision Precision { get; init; } = ForwardPrecision.Fp32;

    /// <summary>Images decoded at the same time. Default 2.</summary>
    [Range(1, 256)]
    public int DecodeWorkers { get; init; } = 2;

    /// <summary>Records read ahead of decoding. Default 256.</summary>
    [Range(1, 100_000)]
    public int MaxBufferedRecords { get; init; } = 256;

    /// <summary>Most images in a batch. Default 32.</summary>
    [Range(1, 4096)]
    public int MaxBatchCount { get; init; } = 32;

    /// <summary>Longest an image waits for its batch to fill; where images come further apart than that, none waits. Default 20 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan MaxBatchAge { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Batches whose outputs may be on their way to the broker while the next one is scored. Default 4.</summary>
    [Range(1, 64)]
    public int MaxBatchesInFlight { get; init; } = 4;

    /// <summary>
    /// Images kept aside for gates that hold, so that the other gates go on; beyond it the scorer pauses. Default 256.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxHeldImages { get; init; } = 256;

    /// <summary>Memory of the images kept aside; beyond it the scorer pauses. Default 64 MiB.</summary>
    [Range(1_000_000L, 100_000_000_000L)]
    public long MaxHeldBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Images of other gates that may pass one kept aside; beyond it the scorer pauses. They are read again after a restart, since
    /// no offset moves past an image that waits. Default 10,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxImagesPastHeld { get; init; } = 10_000;

    /// <summary>
    /// Longest that images may be in hand without one that ends, gates that hold and brokers that are away aside. Then the scorer stops
    /// with an error: started again it reads them again, and until then others have its partitions. More than a batch and Kafka's
    /// <c>DrainTime</c> take. Default 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan MaxStandstill { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Largest encoded image; more is a dead letter. Default 32 MiB.</summary>
    [Range(1_000L, 1_000_000_000L)]
    public long MaxImageBytes { get; init; } = 32L << 20;

    /// <summary>Most pixels of an image, checked before decoding; more is a dead letter. Default 64 million.</summary>
    [Range(1L, 1_000_000_000L)]
    public long MaxImagePixels { get; init; } = 64_000_000;

    /// <summary>Sources with metrics of their own, first come; all others share the label value &lt;other&gt;. Default 100.</summary>
    [Range(0, 10_000)]
    public int MaxSourceLabels { get; init; } = 100;

    /// <summary>Gate of the sources that no gate names.</summary>
    [Required]
    public string DefaultGate { get; init; } = "default";

    /// <summary>Sources with a policy of their own, by source id. None: all wait.</summary>
    public IReadOnlyDictionary<string, SourceSettings> Sources { get; init; } = new Dictionary<string, SourceSettings>();

    /// <summary>The gates by name.</summary>
    public IReadOnlyDictionary<string, GateSettings> Gates { get; init; } = new Dictionary<string, GateSettings>();

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        if (Gates.Count == 0) yield return new(nameof(Gates), "", $"at least one gate, for instance {Section}:Gates:default:Backbone");
        else if (!Gates.ContainsKey(DefaultGate)) yield return new(nameof(DefaultGate), DefaultGate, $"one of the gates: {string.Join(", ", Gates.Keys)}");
        foreach (var name in Gates.Keys.Where(n => !System.Text.RegularExpressions.Regex.IsMatch(n, "^[a-z0-9][a-z0-9._-]{0,62}$")))
            yield return new(nameof(Gates), name, "lower-case letters, digits, dot, dash and underscore, at most 63, the first a letter or digit");
        foreach (var (name, gate) in Gates.Where(g => !File.Exists(g.Value.Backbone)))
            yield return new($"{nameof(Gates)}:{name}:Backbone", gate.Backbone, "an existing backbone file (.safetensors)");
        foreach (var source in Gates.SelectMany(g => g.Value.Sources).GroupBy(s => s).Where(g => g.Count() > 1))
            yield return new(nameof(Gates), source.Key, "each source in one gate only");
    }
}

/// <summary>One gate. Section <c>MoodStream:Scorer:Gates:NAME</c>.</summary>
public sealed record GateSettings
{
    /// <summary>Backbone file (.safetensors).</summary>
    [Required]
    public string Backbone { get; init; } = "";

    /// <summary>Side of the backbone's input, in pixels, where it is to differ from the one trained on. Default: as trained.</summary>
    [Range(1, 4096)]
    public int? InputSize { get; init; }

    /// <summary>
    /// Whether JPEGs that are at least twice as large as the input needs are shrunk while they are decoded: less work for each, and
    /// slightly other scores. Statistics fitted without it (<c>mood fit --shrink-on-load</c>) are refused. Default false.
    /// </summary>
    public bool ShrinkOnLoad { get; init; }

    /// <summary>Sources this gate judges, by their full id. All others go to the default gate.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>What happens while there are no usable statistics. Default Hold.</summary>
    public WithoutStatistics WithoutStatistics { get; init; } = WithoutStatistics.Hold;

    /// <summary>Statistics fitted longer ago than this are not used. Default: any age.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan? MaxStatisticsAge { get; init; }

    /// <summary>
    /// How long the gate goes on with the statistics it holds while the registry does not confirm them: Redis is away, or has come
    /// back empty. Then they are not used any more. Default one day; less closes the gate sooner, more bridges a longer repair.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan MaxUnconfirmedAge { get; init; } = TimeSpan.FromDays(1);
}
