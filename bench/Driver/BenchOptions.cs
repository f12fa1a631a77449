using System.CommandLine;

namespace MoodStream.Bench.Driver;

/// <summary>Options that several benchmarks share.</summary>
internal static class BenchOptions
{
    /// <summary>Folder of a real Kafka.</summary>
    public static Option<DirectoryInfo?> Kafka() => new("--kafka")
    {
        Description = "Folder with a real Kafka and its program kafka (start, stop, kill, restart); default: the embedded one.", HelpName = "DIR",
    };

    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Whole(string name, string description, int value, int least, int most = int.MaxValue)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" };
        option.Validators.Add(result =>
        {
            var number = result.GetValueOrDefault<int>();
            if (number < least) result.AddError($"{name} must be at least {least:N0}.");
            if (number > most) result.AddError($"{name} must be at most {most:N0}.");
        });
        return option;
    }

    /// <summary>First of the loopback ports.</summary>
    public static Option<int> Port(int value) => Whole("--port", "First of some hundred loopback ports: the broker's; those of HTTP begin 50 above.", value, 1_024);

    /// <summary>Interpreter of a peer in Python.</summary>
    /// <param name="packages">What it must have.</param>
    public static Option<string> Python(string packages) => new("--python")
    {
        Description = $"Interpreter with {packages}.", DefaultValueFactory = _ => "/usr/bin/python3", HelpName = "FILE",
    };

    /// <summary>Whether logs stay.</summary>
    public static Option<bool> Keep() => new("--keep") { Description = "Leave the folder with the services' logs and the brokers' data behind." };

    /// <summary>Seed of all chance.</summary>
    public static Option<int> Seed() => Whole("--seed", "Seed of all chance.", 1, 0);
}
