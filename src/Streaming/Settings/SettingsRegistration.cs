using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MoodStream.Streaming.Settings;

/// <summary>Settings that a host has.</summary>
/// <param name="Section">Full key of their section.</param>
/// <param name="Read">Gives them as they hold.</param>
public sealed record RegisteredSettings(string Section, Func<IServiceProvider, object> Read);

/// <summary>Registers settings so that all of them are checked at start and every problem is told at once.</summary>
public static class SettingsRegistration
{
    /// <summary>Binds <typeparamref name="T"/> to a section and makes it injectable as itself.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="section">Full key of the section, for instance <c>MoodStream:Kafka</c>.</param>
    /// <remarks>
    /// Attributes of System.ComponentModel.DataAnnotations and <see cref="ICheckedSettings"/> are the rules. The host refuses to
    /// start with an <see cref="OptionsValidationException"/> (several: in an <see cref="AggregateException"/>) whose sentences name
    /// the full key, the value and what is allowed. A key that is no setting is a problem too. Calling twice changes nothing.
    /// </remarks>
    public static IHostApplicationBuilder AddSettings<T>(this IHostApplicationBuilder builder, string section)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(s => s.ServiceType == typeof(IValidateOptions<T>))) return builder;

        builder.Services.AddSingleton<IConfigureOptions<T>>(s => new Binding<T>(s.GetRequiredService<IConfiguration>(), section));
        builder.Services.AddSingleton<IValidateOptions<T>>(s => new Rules<T>(s.GetRequiredService<IConfiguration>(), section));
        builder.Services.AddSingleton(new RegisteredSettings(section, s => s.GetRequiredService<T>()));
        builder.Services.AddOptions<T>().ValidateOnStart();
        builder.Services.TryAddSingleton(s => s.GetRequiredService<IOptions<T>>().Value);
        return builder;
    }

    private sealed class Binding<T>(IConfiguration configuration, string section) : IConfigureOptions<T>
        where T : class
    {
        public void Configure(T options) => new SettingsSection(configuration.GetSection(section), section).ReadInto(options);
    }

    private sealed class Rules<T>(IConfiguration configuration, string section) : IValidateOptions<T>
        where T : class, new()
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            // Read once more: what could not be converted has left no trace in the options.
            var reading = new SettingsSection(configuration.GetSection(section), section);
            reading.ReadInto(new T());
            return reading.Problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(reading.Problems);
        }
    }
}
