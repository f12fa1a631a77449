using System.Diagnostics;
using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary>A program that a page of docs shows: the first fence under a heading, as a file of its own that can be run.</summary>
internal sealed class HandbookSnippet : IDisposable
{
    private static readonly string[] Pythons = ["/usr/bin/python3", "python3"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mood-snippet-");

    /// <summary>Takes the program out of its page.</summary>
    /// <param name="page">Page below docs.</param>
    /// <param name="heading">Heading above the program.</param>
    /// <param name="extension">Ending of the file, with the dot.</param>
    public HandbookSnippet(string page, string heading, string extension)
    {
        var program = File.ReadLines(Path.Combine(SharedFiles.Checkout, "docs", page))
            .SkipWhile(l => l != $"## {heading}")
            .SkipWhile(l => !l.StartsWith("```", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(l => l != "```");
        Program = Path.Combine(_folder.FullName, "snippet" + extension);
        File.WriteAllLines(Program, program);
    }

    /// <summary>Full path of the program.</summary>
    public string Program { get; }

    /// <summary>Folder of the program, for what it works on.</summary>
    public string Folder => _folder.FullName;

    /// <summary>A Python that has a module; skips the test where there is none.</summary>
    public static async Task<string> PythonWithAsync(string module, string package)
    {
        foreach (var python in Pythons)
            if (await EndsWellAsync(python, "-c", $"import {module}"))
                return python;
        Assert.Skip($"needs Python with {module} (Debian: {package})");
        return "";
    }

    /// <summary>Skips the test where a program is not installed.</summary>
    public static async Task RequireAsync(string program)
    {
        if (!await EndsWellAsync(program, "--version")) Assert.Skip($"needs {program}");
    }

    /// <summary>Runs a program to its end; fails where it does, with what it said.</summary>
    public async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await output}{await errors}");
    }

    /// <summary>Starts a program in the folder. The caller disposes it.</summary>
    public Process Start(string program, params string[] arguments) => Start(Folder, program, arguments);

    public void Dispose() => _folder.Delete(recursive: true);

    private static Process Start(string folder, string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        })!;

    private static async Task<bool> EndsWellAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Start(Path.GetTempPath(), program, arguments);
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)             // there is no such program
        {
            return false;
        }
    }
}
