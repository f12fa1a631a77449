using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MoodStream.Contracts;
using MoodStream.Scorer;
using MoodStream.Streaming.Settings;

namespace MoodStream.ScorerTests;

public sealed class ScorerSettingsTests(Backbones backbones)
{
    [Fact]
    public void Start_ManyThingsWrong_AllAreToldAtOnce()
    {
        var problems = Problems(new()
        {
            ["DecodeWorkers"] = "0",
            ["Device"] = "tpu",
            ["MaxBatchAge"] = "soon",
            ["MaxImageBytes"] = "999",
            ["BatchCount"] = "3",
            ["DefaultGate"] = "main",
            ["Gates:one:Backbone"] = "nowhere.safetensors",
            ["Gates:one:Sources:0"] = "belt-1",
            ["Gates:Two!:Backbone"] = backbones.File,
            ["Gates:Two!:Sources:0"] = "belt-1",
            ["Gates:Two!:WithoutStatistics"] = "Accept",
            ["Gates:Two!:MaxStatisticsAge"] = "00:00:00",
        });

        Assert.Collection(
            problems.Order(StringComparer.Ordinal),
            p => Assert.StartsWith("MoodStream:Scorer:BatchCount is not a setting; settings there:", p, StringComparison.Ordinal),
            p => Assert.Equal("MoodStream:Scorer:DecodeWorkers is '0'; allowed: 1 to 256.", p),
            p => Assert.StartsWith("MoodStream:Scorer:DefaultGate is 'main'; allowed: one of the gates: ", p, StringComparison.Ordinal),
            p => Assert.StartsWith("MoodStream:Scorer:Device is 'tpu'; allowed: text that matches", p, StringComparison.Ordinal),
            p => Assert.StartsWith("MoodStream:Scorer:Gates is 'Two!'; allowed: lower-case letters", p, StringComparison.Ordinal),
            p => Assert.Equal("MoodStream:Scorer:Gates is 'belt-1'; allowed: each source in one gate only.", p),
            p => Assert.Equal("MoodStream:Scorer:Gates:Two!:MaxStatisticsAge is '00:00:00'; allowed: 00:00:01 to 36500.00:00:00.", p),
            p => Assert.Equal("MoodStream:Scorer:Gates:Two!:WithoutStatistics is 'Accept'; allowed: Hold, Review.", p),
            p => Assert.Equal("MoodStream:Scorer:Gates:one:Backbone is 'nowhere.safetensors'; allowed: an existing backbone file (.safetensors).", p),
            p => Assert.StartsWith("MoodStream:Scorer:MaxBatchAge is 'soon'; allowed: a time span", p, StringComparison.Ordinal),
            p => Assert.Equal("MoodStream:Scorer:MaxImageBytes is '999'; allowed: 1000 to 1000000000.", p));
    }

    [Fact]
    public void Start_NoGates_SaysHowToNameOne() => Assert.Contains(
        "at least one gate, for instance MoodStream:Scorer:Gates:default:Backbone", Assert.Single(Problems([])), StringComparison.Ordinal);

    [Fact]
    public void Start_OneGate_OtherwiseTheDefaults()
    {
        using var host = Build(new() { ["Gates:default:Backbone"] = backbones.File });
        var settings = host.Services.GetRequiredService<ScorerSettings>();
        Assert.Equal(ConsumerGroups.Scorer, settings.Group);
        Assert.Equal(WithoutStatistics.Hold, settings.Gates["default"].WithoutStatistics);
    }

    private static IReadOnlyList<string> Problems(Dictionary<string, string?> settings)
    {
        using var host = Build(settings);
        return [.. Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<ScorerSettings>()).Failures];
    }

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{ScorerSettings.Section}:{s.Key}", s.Value)));
        builder.AddSettings<ScorerSettings>(ScorerSettings.Section);
        return builder.Build();
    }
}
