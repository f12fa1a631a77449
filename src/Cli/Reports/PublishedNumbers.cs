namespace MoodStream.Cli.Reports;

/// <summary>A table that others published.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">Names of the OOD sets, or of the classes, without the mean.</param>
/// <param name="Rows">Methods, with an AUROC in percent for each column and the mean; null where none was
/// published.</param>
internal sealed record PublishedTable(
    string Title, IReadOnlyList<string> Columns, IReadOnlyList<(string Method, IReadOnlyList<double?> Values)> Rows);

/// <summary>The published numbers that a report shows beside ours. They are quoted, never computed here.</summary>
/// <remarks>
/// Source: README of the MOOD release (Li et al. 2023) and the papers it quotes. The means are those of the columns.
/// </remarks>
internal static class PublishedNumbers
{
    /// <summary>What to bear in mind when ours are read beside them.</summary>
    public const string Caveat =
        "Published numbers, quoted in percent: the baselines use ResNets, MOOD a ViT of 304 million parameters pre-trained on "
        + "ImageNet-22k, and all of them 32-pixel sets in full. A small encoder is not expected to reach them; the table says "
        + "how far it is.";

    /// <summary>CIFAR-10, one class in-distribution at a time.</summary>
    public static PublishedTable OneClassCifar10 { get; } = new(
        "One-class CIFAR-10",
        ["plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        [
            ("OC-SVM", [65.6, 40.9, 65.3, 50.1, 75.2, 51.2, 71.8, 51.2, 67.9, 48.5, 58.8]),
            ("DeepSVDD", [61.7, 65.9, 50.8, 59.1, 60.9, 65.7, 67.7, 67.3, 75.9, 73.1, 64.8]),
            ("Geom", [74.7, 95.7, 78.1, 72.4, 87.8, 87.8, 83.4, 95.5, 93.3, 91.3, 86.0]),
            ("Rot", [71.9, 94.5, 78.4, 70.0, 77.2, 86.6, 81.6, 93.7, 90.7, 88.8, 83.3]),
            ("Rot+Trans", [77.5, 96.9, 87.3, 80.9, 92.7, 90.2, 90.9, 96.5, 95.2, 93.3, 90.1]),
            ("GOAD", [77.2, 96.7, 83.3, 77.7, 87.8, 87.8, 90.0, 96.1, 93.8, 92.0, 88.2]),
            ("CSI", [89.9, 99.1, 93.1, 86.4, 93.9, 93.2, 95.1, 98.7, 97.9, 95.5, 94.3]),
            ("MOOD", [98.6, 99.3, 94.3, 93.2, 98.1, 96.5, 99.3, 99.0, 98.8, 97.8, 97.5]),
        ]);

    /// <summary>Whole sets in-distribution, each against its OOD sets.</summary>
    public static IReadOnlyList<PublishedTable> MultiClass { get; } =
    [
        new("CIFAR-10 in-distribution", ["svhn", "cifar100", "lsun"],
        [
            ("Baseline (MSP)", [88.6, 85.8, 90.7, 88.4]), ("ODIN", [96.4, 89.6, null, 93.0]),
            ("Mahalanobis", [99.4, 90.5, null, 95.0]), ("OE", [98.4, 93.3, null, 95.9]),
            ("CSI", [97.9, 92.2, 97.7, 95.9]), ("SSD+", [99.9, 93.4, 98.4, 97.2]), ("MOOD", [99.8, 99.4, 99.9, 99.7]),
        ]),
        new("CIFAR-100 in-distribution", ["svhn", "cifar10", "lsun"],
        [
            ("Baseline (MSP)", [81.9, 81.1, 86.6, 83.2]), ("ODIN", [60.9, 77.9, null, 69.4]),
            ("Mahalanobis", [94.5, 55.3, null, 74.9]), ("OE", [86.9, 75.7, null, 81.3]),
            ("CSI", [95.6, 78.3, null, 87.0]), ("SSD+", [98.2, 78.3, 79.8, 85.4]), ("MOOD", [96.5, 98.3, 96.3, 97.0]),
        ]),
        new("ImageNet-30 in-distribution", ["dogs", "places", "flowers", "pets", "food", "caltech", "dtd"],
        [
            ("CE", [96.7, 90.5, 89.7, 95.0, 79.8, 90.6, 90.1, 89.3]), ("SupCon", [95.6, 89.7, 92.2, 94.2, 81.2, 90.2, 92.1, 89.9]),
            ("CSI", [98.3, 94.0, 96.2, 97.4, 87.0, 93.2, 97.4, 94.2]), ("MOOD", [99.4, 98.9, 100.0, 99.1, 96.6, 99.5, 98.9, 98.9]),
        ]),
        new("ImageNet-1k in-distribution", ["inaturalist", "sun", "places", "dtd"],
        [
            ("Baseline (MSP)", [87.6, 78.3, 76.8, 74.5, 79.3]), ("ODIN", [89.4, 83.9, 80.7, 76.3, 82.6]),
            ("Energy", [88.5, 85.3, 81.4, 75.8, 82.7]), ("Mahalanobis", [46.3, 65.2, 64.5, 72.1, 62.0]),
            ("GradNorm", [90.3, 89.0, 84.8, 81.1, 86.3]), ("MOOD", [86.9, 89.8, 88.5, 91.3, 89.1]),
        ]),
    ];

    /// <summary>CIFAR-10 against CIFAR-100 with and without outliers shown.</summary>
    public static PublishedTable OutlierExposure { get; } = new(
        "CIFAR-10 against CIFAR-100, outliers shown", ["cifar100"],
        [
            ("R50+ViT, 1 image a class", [99.0, 99.0]), ("R50+ViT, 10 images a class", [99.29, 99.29]),
            ("MOOD, none", [99.41, 99.41]),
        ]);
}
