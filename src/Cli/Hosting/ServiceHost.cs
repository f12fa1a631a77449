using MoodStream.Cli.Terminal;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Hosting;

namespace MoodStream.Cli.Hosting;

/// <summary>Hosts of services that this command runs: where their settings come from, and how they end.</summary>
internal static class ServiceHost
{
    /// <summary>A builder with settings from a file, the environment and the command line, the later winning.</summary>
    /// <exception cref="CliException">The file is missing, or a setting is not KEY=VALUE.</exception>
    public static WebApplicationBuilder CreateBuilder(FileInfo? settings, IEnumerable<string> set, int port)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        if (settings is { Exists: false }) throw new CliException($"{settings.FullName}: there is no such settings file.", ExitCode.WrongUsage);
        if (settings is not null) builder.Configuration.AddJsonFile(settings.FullName, optional: false);
        builder.Configuration.AddEnvironmentVariables();
        var url = $"http://127.0.0.1:{port}";
        builder.Configuration.AddInMemoryCollection(
            set.Select(Parse).Prepend(new($"{GatewaySettings.Section}:{nameof(GatewaySettings.Url)}", url))
                .GroupBy(s => s.Key, StringComparer.OrdinalIgnoreCase).Select(s => s.Last()));
        builder.WebHost.UseUrls(url);
        // Ctrl-C is this command's: it cancels the token below, and what runs beside the host ends in order.
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        return builder;
    }

    /// <summary>Runs until cancelled or until the host ends by itself.</summary>
    /// <exception cref="CliException">The settings are wrong; the message lists every problem.</exception>
    public static async Task<int> RunAsync(WebApplication app, CancellationToken cancellation)
    {
        await StartAsync(app, cancellation);
        using var registration = cancellation.Register(app.Lifetime.StopApplication);
        await app.WaitForShutdownAsync(CancellationToken.None);
        return Environment.ExitCode;
    }

    /// <summary>Starts a host; every wrong setting is told in one message.</summary>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellation)
    {
        if (app.SettingProblems() is { Count: > 0 } problems) throw new CliException(string.Join(" ", problems), ExitCode.WrongUsage);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CliException($"{e.Message} Choose another with --port.");
        }
    }

    private static KeyValuePair<string, string?> Parse(string setting)
    {
        var (key, value) = NamedValue.Parse("--set", setting, "KEY=VALUE");
        return new(key, value);
    }

    private sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
