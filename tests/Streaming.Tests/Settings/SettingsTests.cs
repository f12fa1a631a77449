using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Settings;

namespace MoodStream.StreamingTests.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void Start_ManyThingsWrong_AllAreToldAtOnce()
    {
        var problems = Problems(new()
        {
            ["MoodStream:Kafka:BootstrapServers"] = "nowhere",
            ["MoodStream:Kafka:Profile"] = "Mock",
            ["MoodStream:Kafka:DrainTime"] = "soon",
            ["MoodStream:Kafka:MaxInFlightRecords"] = "0",
            ["MoodStream:Kafka:Bootstrap"] = "x",
            ["MoodStream:Kafka:HeartbeatInterval"] = "00:00:01",
            ["MoodStream:Kafka:Client:enable.auto.commit"] = "true",
            ["MoodStream:Redis:Retries"] = "-1",
            ["MoodStream:Images:MaxBytes"] = "many",
        });

        Assert.Collection(
            problems.Order(StringComparer.Ordinal),
            p => Assert.Equal("MoodStream:Images:MaxBytes is 'many'; allowed: a whole number.", p),
            p => Assert.StartsWith("MoodStream:Kafka:Bootstrap is not a setting; settings there: BootstrapServers, Profile,", p, StringComparison.Ordinal),
            p => Assert.StartsWith("MoodStream:Kafka:BootstrapServers is 'nowhere'; allowed: text that matches", p, StringComparison.Ordinal),
            p => Assert.StartsWith("MoodStream:Kafka:Client:enable.auto.commit is '***'; allowed: anything but this key", p, StringComparison.Ordinal),
            p => Assert.Equal("MoodStream:Kafka:DrainTime is 'soon'; allowed: a time span such as 00:00:30 or 00:00:00.250.", p),
            p => Assert.StartsWith("MoodStream:Kafka:HeartbeatInterval is '00:00:01'; allowed: at most a third of SessionTimeout", p, StringComparison.Ordinal),
            p => Assert.Equal("MoodStream:Kafka:MaxInFlightRecords is '0'; allowed: 1 to 1000000.", p),
            p => Assert.Equal("MoodStream:Kafka:Profile is 'Mock'; allowed: Embedded, Production.", p),
            p => Assert.Equal("MoodStream:Redis:Retries is '-1'; allowed: 0 to 20.", p));
    }

    [Fact]
    public void Start_WholeNumberForATime_IsRefusedAsTooLong()
    {
        var problem = Assert.Single(Problems(new() { ["MoodStream:Kafka:DrainTime"] = "30" }));
        Assert.Equal("MoodStream:Kafka:DrainTime is '30.00:00:00'; allowed: 00:00:00.01 to 00:04:00.", problem);
    }

    [Fact]
    public void AddStreaming_NothingConfigured_DefaultsAreGood()
    {
        using var host = Build([]).Build();
        Assert.Equal("127.0.0.1:29092", host.Services.GetRequiredService<KafkaSettings>().BootstrapServers);
        Assert.Equal(new ImageSettings(), host.Services.GetRequiredService<ImageSettings>());
    }

    [Fact]
    public void AddStreaming_EverythingConfigured_IsBound()
    {
        using var host = Build(new()
        {
            ["MoodStream:Kafka:Profile"] = "production",
            ["MoodStream:Kafka:SessionTimeout"] = "00:00:20",
            ["MoodStream:Kafka:Client:sasl.password"] = "hidden",
        }).Build();
        var settings = host.Services.GetRequiredService<KafkaSettings>();
        Assert.Equal((KafkaProfile.Production, TimeSpan.FromSeconds(20)), (settings.Profile, settings.SessionTimeout));
        Assert.Equal("hidden", settings.Client["sasl.password"]);
        Assert.DoesNotContain("hidden", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddSettings_NestedListsAndDictionaries_AreBoundAndCheckedToTheLeaf()
    {
        var builder = Build(new()
        {
            ["Test:Gates:a:Rate"] = "0.5",
            ["Test:Gates:b:Rate"] = "2",
            ["Test:Names:0"] = "x",
            ["Test:Names:1"] = "y",
        });
        builder.AddSettings<OuterSettings>("Test");
        using var host = builder.Build();
        var refused = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<OuterSettings>());
        Assert.Equal(["Test:Gates:b:Rate is '2'; allowed: 0 to 1."], refused.Failures);
    }

    [Fact]
    public void Settings_TimesAreTimeSpans_NoNumberIsNamedATime()
    {
        var wrong = from type in typeof(KafkaSettings).Assembly.GetTypes()
                    where type.Name.EndsWith("Settings", StringComparison.Ordinal)
                    from property in type.GetProperties()
                    where property.PropertyType == typeof(int) || property.PropertyType == typeof(long) || property.PropertyType == typeof(double)
                    where new[] { "Time", "Timeout", "Interval", "Delay", "Age" }.Any(w => property.Name.EndsWith(w, StringComparison.Ordinal))
                    select $"{type.Name}.{property.Name}";
        Assert.Empty(wrong);
    }

    private static HostApplicationBuilder Build(Dictionary<string, string?> configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.AddStreaming();
        builder.AddStreaming();
        return builder;
    }

    private static IReadOnlyList<string> Problems(Dictionary<string, string?> configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.AddStreaming();
        using var host = builder.Build();
        return host.SettingProblems();
    }

    private sealed record OuterSettings
    {
        public IReadOnlyDictionary<string, InnerSettings> Gates { get; init; } = new Dictionary<string, InnerSettings>();

        public IReadOnlyList<string> Names { get; init; } = [];
    }

    private sealed record InnerSettings
    {
        [Range(0.0, 1.0)]
        public double Rate { get; init; }
    }
}
