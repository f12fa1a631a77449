using Microsoft.Extensions.Diagnostics.HealthChecks;
using MoodStream.Cli.Terminal;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using Spectre.Console;

namespace MoodStream.Cli.Demo;

/// <summary>One demo from start to summary: fit, publish, serve, stream, wait for the last verdict, sum up.</summary>
internal sealed class DemoRun(DemoSettings settings, ITraffic traffic, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs to the end, or until the token is cancelled; either way with a summary.</summary>
    /// <exception cref="CliException">A port is taken, or a service ended by itself.</exception>
    public async Task<DemoResult> RunAsync(CancellationToken cancellation)
    {
        ProgressBar.Console.MarkupLine("[bold]mood demo[/]: the whole gate in one process, on embedded Kafka and Redis: for trying out, not for production.");
        await using var host = new DemoHost(settings);
        using var gate = await PublishedGate.FitAndPublishAsync(
            traffic, DemoHost.Gate, settings, host.Statistics, clock, cancellation);
        await host.StartAsync(cancellation);
        await ReadyAsync(host.App, cancellation);
        ProgressBar.Console.MarkupLineInterpolated($"Open [link]http://127.0.0.1:{settings.Port}/[/] - Kafka on {host.BootstrapServers} - {traffic.Name} - Ctrl-C ends it.");
        return await StreamAsync(host, gate, cancellation);
    }

    private async Task<DemoResult> StreamAsync(DemoHost host, PublishedGate gate, CancellationToken cancellation)
    {
        var tally = new DemoTally(clock);
        var services = host.App.Services;
        using var stream = new DemoStream(traffic, services.GetRequiredService<IRecordProducer>(), services.GetRequiredService<IImageStore>(),
            services.GetRequiredService<IRecordConsumerFactory>(), tally, clock);
        using var collecting = new CancellationTokenSource();
        using var producing = CancellationTokenSource.CreateLinkedTokenSource(cancellation, host.App.Lifetime.ApplicationStopping);
        if (settings.For is { } duration) producing.CancelAfter(duration);

        var started = clock.GetTimestamp();
        var collect = stream.CollectAsync(collecting.Token);
        await WatchAsync(tally, () => stream.ProduceAsync(settings.Rate, producing.Token));
        await DrainedAsync(tally);
        var elapsed = clock.GetElapsedTime(started);
        await collecting.CancelAsync();
        await collect;
        if (host.App.Lifetime.ApplicationStopping.IsCancellationRequested) throw new CliException("a service of the demo ended by itself; see the log above.");
        return DemoSummary.Of(traffic.Name, tally, gate, elapsed);
    }

    /// <summary>Shows how the stream stands until the producer ends.</summary>
    private Task WatchAsync(DemoTally tally, Func<Task> produce) => ProgressBar.Console.Progress().AutoClear(false)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn())
        .StartAsync(async context =>
        {
            var bar = context.AddTask("streaming", maxValue: settings.For?.TotalSeconds ?? 1);
            bar.IsIndeterminate = settings.For is null;
            var (started, producing) = (clock.GetTimestamp(), produce());
            while (!producing.IsCompleted)
            {
                await Task.WhenAny(producing, Task.Delay(Glance, clock, CancellationToken.None));
                bar.Value = clock.GetElapsedTime(started).TotalSeconds;
                bar.Description = $"{tally.In:N0} in, {tally.Ended:N0} judged";
            }
            await producing;
        });

    private async Task DrainedAsync(DemoTally tally)
    {
        var started = clock.GetTimestamp();
        while (tally.Outstanding > 0 && clock.GetElapsedTime(started) < Patience) await Task.Delay(Glance / 5, clock, CancellationToken.None);
    }

    private async Task ReadyAsync(WebApplication app, CancellationToken cancellation)
    {
        var health = app.Services.GetRequiredService<HealthCheckService>();
        while (!app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            var report = await health.CheckHealthAsync(cancellation);
            if (report.Status != HealthStatus.Unhealthy) return;
            await Task.Delay(Glance, clock, cancellation);
        }
        throw new CliException("a service of the demo ended by itself; see the log above.");
    }
}
