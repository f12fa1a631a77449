using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MoodStream.Cli.Audit;
using MoodStream.Cli.Datasets;
using MoodStream.Cli.Demo;
using MoodStream.Cli.Evaluation;
using MoodStream.Cli.Ingest;
using MoodStream.Cli.Training;
using MoodStream.Cli.Scoring;
using MoodStream.Cli.Hosting;
using MoodStream.Cli.Statistics;
using MoodStream.Cli.Verification;
using MoodStream.Contracts;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Cli.Terminal;

/// <summary>Machine-readable results of a verb.</summary>
internal static class JsonReport
{
    /// <summary>The results' types with readable text: names such as mahalanobis++ are not escaped, since no browser reads this.</summary>
    public static CliJson Types { get; } = new(new JsonSerializerOptions(CliJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes the result, if a file was asked for.</summary>
    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write<T>(FileInfo? file, T result, JsonTypeInfo<T> type)
    {
        if (file is null) return;
        OutputFile.Write(file.FullName, () =>
        {
            file.Directory?.Create();
            File.WriteAllBytes(file.FullName, JsonSerializer.SerializeToUtf8Bytes(result, type));
        });
    }
}

/// <summary>Source-generated JSON of all results: snake case, indented, readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(PretrainResult))]
[JsonSerializable(typeof(FinetuneResult))]
[JsonSerializable(typeof(ProbeResult))]
[JsonSerializable(typeof(FitResult))]
[JsonSerializable(typeof(ScoreResult))]
[JsonSerializable(typeof(EvaluationResult))]
[JsonSerializable(typeof(DatasetListing))]
[JsonSerializable(typeof(VerifyResult))]
[JsonSerializable(typeof(BackboneDescription))]
[JsonSerializable(typeof(LocalisationResult))]
[JsonSerializable(typeof(TopicRow[]))]
[JsonSerializable(typeof(IngestResult))]
[JsonSerializable(typeof(AuditFinding[]))]
[JsonSerializable(typeof(VersionRow[]))]
[JsonSerializable(typeof(VersionShown))]
[JsonSerializable(typeof(VersionDifference))]
[JsonSerializable(typeof(VersionPublished))]
[JsonSerializable(typeof(VersionApproved))]
[JsonSerializable(typeof(StatisticsActivated))]
[JsonSerializable(typeof(RefitAsked))]
[JsonSerializable(typeof(GateExported[]))]
[JsonSerializable(typeof(GateRestored[]))]
[JsonSerializable(typeof(DemoResult))]
internal sealed partial class CliJson : JsonSerializerContext;
