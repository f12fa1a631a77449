using System.Diagnostics;
using MoodStream.TestKit;

namespace MoodStream.RepositoryTests;

/// <summary>Programs of other makers that judge files of this repository.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end; skips the test where it is not installed, fails where it fails.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="package">The Debian package it comes with.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string program, string package, params IEnumerable<string> arguments)
    {
        var cancellation = TestContext.Current.CancellationToken;
        if (!Programs.Has(program)) Assert.Skip($"{program} (Debian: {package}) is not installed");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        return await output;
    }
}
