using System.CommandLine;
using MoodStream.Streaming.Redis;

namespace MoodStream.Cli.Statistics;

/// <summary>Options that the verbs of <c>mood stats</c> share.</summary>
internal static class StatsOptions
{
    private const string GateForm = "^[a-z0-9][a-z0-9._-]{0,62}$";

    /// <summary>Redis in one word; everything else about it comes from the settings.</summary>
    public static Option<string?> Redis { get; } = new("--redis")
    {
        Description = $"Redis that holds the registry, host:port. Default: as the settings say, or {new RedisSettings().Address}.",
        HelpName = "HOST:PORT",
    };

    public static Option<FileInfo?> Settings { get; } = new("--settings")
    {
        Description = "JSON file with settings of MoodStream:Redis and MoodStream:Kafka, as docs/settings.md lists them.", HelpName = "FILE",
    };

    public static Option<string[]> Set { get; } = new("--set")
    {
        Description = "One setting, for instance MoodStream:Redis:Tls=true; may be given several times. Environment variables work too "
            + "(MoodStream__Redis__Password).",
        HelpName = "KEY=VALUE",
    };

    public static Option<string> Gate { get; } = Checked(new Option<string>("--gate")
    {
        Description = "Name of the gate.", DefaultValueFactory = _ => "default", HelpName = "GATE",
    });

    public static Option<string?> GateOrAll { get; } = Checked(new Option<string?>("--gate")
    {
        Description = "Only this gate; all unless told.", HelpName = "GATE",
    });

    public static Option<string> Who { get; } = new("--who")
    {
        Description = "Who does this, for the audit trail. Default: the user of this machine.",
        DefaultValueFactory = _ => Environment.UserName, HelpName = "NAME",
    };

    public static Option<string?> Why { get; } = new("--why")
    {
        Description = "Why, in a sentence, for the audit trail.", HelpName = "TEXT",
    };

    public static Option<bool> OtherModel { get; } = new("--other-model")
    {
        Description = "The gate changes to statistics of another backbone or preprocessing; scorers that still run the old one hold.",
    };

    public static Option<FileInfo?> Json { get; } = Terminal.Verb.Json();

    public static Argument<long> Version { get; } = Number("VERSION", "Number of the version, as mood stats list shows it.");

    /// <summary>A version as an argument.</summary>
    public static Argument<long> Number(string name, string description)
    {
        var argument = new Argument<long>(name) { Description = description };
        argument.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1) result.AddError($"{name} is a number from 1.");
        });
        return argument;
    }

    /// <summary>A verb with the options that lead to Redis.</summary>
    public static Command Verb(string name, string description, params ReadOnlySpan<Symbol> own)
    {
        var command = new Command(name, description);
        foreach (var symbol in own)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }

        foreach (Option option in new Option[] { Json, Redis, Settings, Set }) command.Add(option);
        return command;
    }

    private static Option<T> Checked<T>(Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !System.Text.RegularExpressions.Regex.IsMatch(name, GateForm))
                result.AddError($"--gate is '{name}'; a gate has lower-case letters, digits, dot, dash and underscore, at most 63.");
        });
        return option;
    }
}
