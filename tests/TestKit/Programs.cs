using System.Diagnostics;
using Xunit;

namespace MoodStream.TestKit;

/// <summary>Programs of other makers that tests run where they are installed.</summary>
public static class Programs
{
    /// <summary>Full path of a program on the path, or given in full; null where there is none.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);

    /// <summary>Whether there is such a program.</summary>
    public static bool Has(string name) => Find(name) is not null;

    /// <summary>Runs a program to its end and gives what it wrote; fails where it does.</summary>
    public static async Task<string> RunAsync(string name, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(name)!, arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var program = Process.Start(start)!;
        var (output, errors) = (program.StandardOutput.ReadToEndAsync(), program.StandardError.ReadToEndAsync());
        if (input is not null) await program.StandardInput.WriteAsync(input);
        program.StandardInput.Close();
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(program.ExitCode == 0, $"{name} ended with {program.ExitCode}: {await errors}");
        return await output;
    }
}
