using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Cli.Statistics;

/// <summary>Source-generated JSON of the results of stats.</summary>
[JsonSerializable(typeof(VersionRow[]))]
[JsonSerializable(typeof(VersionShown))]
[JsonSerializable(typeof(VersionDifference))]
[JsonSerializable(typeof(VersionPublished))]
[JsonSerializable(typeof(VersionApproved))]
[JsonSerializable(typeof(StatisticsActivated))]
[JsonSerializable(typeof(RefitAsked))]
[JsonSerializable(typeof(GateExported[]))]
[JsonSerializable(typeof(GateRestored[]))]
internal sealed partial class StatsJson : JsonSerializerContext
{
    /// <summary>The results' types as <see cref="JsonReport"/> writes them.</summary>
    public static StatsJson Types { get; } = new(JsonReport.Options());
}
