using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Hosting;

/// <summary>How a service of MoodStream starts: with its settings checked before anything else is made of them.</summary>
public static class ServiceRun
{
    /// <summary>Exit code of a service whose settings are wrong.</summary>
    public const int WrongSettings = 2;

    /// <summary>Everything that is wrong with the settings of all parts of a host; empty if it may start.</summary>
    /// <remarks>The host itself checks too, but only after it has made its services, and then tells of the first part alone.</remarks>
    public static IReadOnlyList<string> SettingProblems(this IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        try
        {
            host.Services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
        catch (AggregateException e) when (e.InnerExceptions.All(i => i is OptionsValidationException))
        {
            return [.. e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(i => i.Failures)];
        }
    }

    /// <summary>Runs a service until it is told to stop; with wrong settings it tells all problems and does not start.</summary>
    public static async Task RunServiceAsync(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var problems = app.SettingProblems();
        foreach (var problem in problems) app.Logger.SettingWrong(problem);
        if (problems.Count == 0) await app.RunAsync();
        else Environment.ExitCode = WrongSettings;
    }
}
