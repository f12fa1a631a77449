using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Gateway;
using MoodStream.Scorer;
using MoodStream.Streaming.Hosting;
using MoodStream.Trainer;

namespace MoodStream.Cli.Hosting;

/// <summary><c>mood gateway</c>, <c>mood scorer</c>, <c>mood trainer</c>: one service in this process, against your Kafka and Redis.</summary>
internal static class ServiceCommands
{
    private static readonly Option<int> Port = new("--port") { Description = "Loopback port for HTTP: health and metrics, and the gateway's API and page.", DefaultValueFactory = _ => 8080 };
    private static readonly Option<FileInfo?> Settings = new("--settings") { Description = "JSON file with settings, as docs/settings.md lists them.", HelpName = "FILE" };
    private static readonly Option<string[]> Set = new("--set") { Description = "One setting, for instance MoodStream:Kafka:BootstrapServers=kafka:9092; may be given several times. Environment variables work too (MoodStream__Kafka__BootstrapServers).", HelpName = "KEY=VALUE" };

    public static Command CreateGateway() => Create("gateway", "Run the gateway: HTTP in, the live page, health, metrics.", builder => builder.AddGateway(), app => app.MapGateway());

    public static Command CreateScorer() => Create("scorer", "Run a scorer: consume, score, route.", builder => builder.AddScorer(), app => app.MapServiceEndpoints());

    public static Command CreateTrainer() => Create("trainer", "Run a trainer: learn, refit, guard, publish.", builder => builder.AddTrainer(), app => app.MapTrainer());

    private static Command Create(string name, string description, Action<WebApplicationBuilder> add, Action<WebApplication> map) =>
        new Command(name, description) { Port, Settings, Set }.Runs(async (parsed, cancellation) =>
        {
            var builder = ServiceHost.CreateBuilder(parsed.GetValue(Settings), parsed.GetValue(Set) ?? [], parsed.GetValue(Port));
            add(builder);
            await using var app = builder.Build();
            map(app);
            return await ServiceHost.RunAsync(app, cancellation);
        });
}
