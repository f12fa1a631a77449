using MoodStream.Bench.Driver;

namespace MoodStream.Bench.All;

/// <summary>The benchmarks of the table, and one report made of theirs.</summary>
internal static class BenchTable
{
    private const string NoImages = "no images were named: --id-train, --id-test, --ood";
    private const string NoGpu = "libtorch finds no GPU here";

    /// <summary>The rows of a GPU, where none is at hand.</summary>
    public static IReadOnlyList<UnmeasuredRow> GpuRows { get; } =
    [
        new("ViT-B/16 forward in bf16 on a GPU (H100 or H200)", "images/s", 7_000, 9_000, NoGpu),
        new("whole gate on a GPU (H100 or H200), ViT-B/16", "images/s", 5_000, 7_000, NoGpu),
    ];

    /// <summary>The row that needs real images, where none were named.</summary>
    public static UnmeasuredRow PrecisionRow { get; } = new("AUROC in bf16 beside fp32, largest difference", "AUROC", 0.003, 0.001, NoImages);

    /// <summary>The benchmarks, in the order of the table.</summary>
    /// <param name="rounds">Counted rounds of each.</param>
    /// <param name="seed">Seed of each.</param>
    /// <param name="gate">Options of those of a whole gate.</param>
    /// <param name="python">Option of those with a peer in Python.</param>
    /// <param name="images">Options of real images; empty for none.</param>
    /// <param name="gpu">Whether there is a GPU.</param>
    public static IReadOnlyList<BenchPart> Parts(
        int rounds, int seed, IReadOnlyList<string> gate, IReadOnlyList<string> python, IReadOnlyList<string> images, bool gpu)
    {
        string[] common = ["--rounds", $"{rounds}", "--seed", $"{seed}"];
        // Short rounds, and many: both of a pair are to fall into the same spell of a shared machine.
        string[] pairs = ["--rounds", $"{2 * rounds + 1}", "--seconds", "4", "--seed", $"{seed}"];
        return
        [
            new("forward", ["forward", .. common]),
            .. images.Count > 0 ? [new BenchPart("precision", ["precision", .. images])] : Array.Empty<BenchPart>(),
            new("pipeline_vit", ["pipeline", "--model", "vit-b16", "--starts", "1", .. pairs, .. gate]),
            new("pipeline", ["pipeline", "--starts", "3", .. pairs, .. gate]),
            new("decode", ["decode", .. common, .. python]),
            new("detect", ["detect-share", .. common]),
            new("latency", ["latency", .. common, .. gate]),
            .. gpu ? [new BenchPart("gpu", ["pipeline", "--model", "vit-b16", "--device", "cuda", "--batch", "256", "--precision", "bf16", "--starts", "1", .. common, .. gate])] : Array.Empty<BenchPart>(),
        ];
    }

    /// <summary>One report of several; the figures of each part carry its name.</summary>
    public static BenchReport Join(IReadOnlyList<(string Part, BenchReport Report)> reports, IReadOnlyList<UnmeasuredRow> notMeasured) => new(
        BenchMachine.Here(), [.. reports.SelectMany(r => r.Report.Rows)],
        reports.SelectMany(r => (r.Report.Figures ?? new Dictionary<string, double>()).Select(f => (Name: $"{r.Part}_{f.Key}", f.Value)))
            .ToDictionary(f => f.Name, f => f.Value))
    {
        NotMeasured = notMeasured.Count > 0 ? notMeasured : null,
    };
}
