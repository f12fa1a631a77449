using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Gateway.Ingest;
using MoodStream.Gateway.Settings;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using Prometheus;

namespace MoodStream.GatewayTests;

/// <summary>The gateway as its own host starts it, on fakes of everything beyond HTTP.</summary>
/// <remarks>The entry marker is the settings type, since the module is a static class.</remarks>
internal sealed class GatewayApp : WebApplicationFactory<GatewaySettings>
{
    // Review needs Redis; tests of review bring one and switch it on.
    private readonly Dictionary<string, string?> _settings = new() { ["MoodStream:Review:Enabled"] = "false" };

    public FakeProducer Producer { get; } = new();

    public FakeImageStore Store { get; } = new();

    public FakePressure Pressure { get; } = new();

    public FakeFeed Feed { get; } = new();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 14, 15, 9, 26, TimeSpan.Zero));

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>The gateway with settings of its section; with a port (0 for any) on real sockets, else in memory.</summary>
    public GatewayApp(int? port = null, params (string Name, object Value)[] settings)
    {
        foreach (var (name, value) in settings) _settings[$"{GatewaySettings.Section}:{name}"] = value.ToString();
        if (port is { } number)
        {
            // Not UseKestrel(number), which sets the address while the server may be starting already.
            _settings[$"{GatewaySettings.Section}:{nameof(GatewaySettings.Url)}"] = $"http://127.0.0.1:{number}";
            UseKestrel();
        }

        ClientOptions.AllowAutoRedirect = false; // following redirects would gather every body before it is sent
    }

    /// <summary>Adds settings by their full keys, before the gateway starts.</summary>
    public GatewayApp With(params (string Key, string Value)[] settings)
    {
        foreach (var (key, value) in settings) _settings[key] = value;
        return this;
    }

    /// <summary>A metric's value, by name and label values in the text format; 0 where it has not been counted.</summary>
    public async Task<double> MetricAsync(string sample)
    {
        using var text = new MemoryStream();
        await Registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        var line = System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n')
            .FirstOrDefault(l => l.StartsWith(sample + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(sample.Length + 1)..]);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach (var (name, value) in _settings) builder.UseSetting(name, value);
        builder.ConfigureTestServices(services => WithoutMeasuring(services)
            .AddSingleton<IRecordProducer>(Producer)
            .AddSingleton<IImageStore>(Store)
            .AddSingleton<IIngressPressure>(Pressure)
            .AddSingleton<IRecordConsumerFactory>(Feed)
            .AddSingleton<IRecordReader>(Feed)
            .AddSingleton<IImageIds>(new NumberedIds())
            .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Registry))
            .AddSingleton<TimeProvider>(Clock));
    }

    // The pressure is measured at a Kafka that is not there.
    private static IServiceCollection WithoutMeasuring(IServiceCollection services)
    {
        var measuring = services.Where(service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationFactory?.Method.Module.Assembly == typeof(IngressPressure).Assembly).ToList();
        foreach (var service in measuring) services.Remove(service);
        return services;
    }
}
