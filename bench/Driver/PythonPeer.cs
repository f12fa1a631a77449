using System.Diagnostics;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Driver;

/// <summary>A peer written in Python: a process of its own that waits between rounds.</summary>
/// <remarks>
/// The script prints "ready VERSION" once it can begin; for each line that it reads it does the work that the line asks for
/// and prints one line. It ends with its input.
/// </remarks>
internal sealed class PythonPeer : IDisposable
{
    private const string Ready = "ready ";
    private readonly string _name;
    private readonly Process _process;

    /// <param name="python">The interpreter.</param>
    /// <param name="script">The script's file name; it lies beside the program.</param>
    /// <param name="needs">Package that the script needs, as Debian calls it.</param>
    /// <param name="arguments">The script's arguments.</param>
    /// <exception cref="CliException">It cannot be started, or the package is not there.</exception>
    public PythonPeer(string python, string script, string needs, params IEnumerable<string> arguments)
    {
        _name = script;
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, script), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException($"{python} cannot be started: {e.Message} Name another interpreter by --python.");
        }
        if (_process.StandardOutput.ReadLine() is { } line && line.StartsWith(Ready, StringComparison.Ordinal))
        {
            Version = line[Ready.Length..];
            return;
        }
        Dispose();
        throw new CliException($"{python} cannot run {script}. Install what it needs (Debian: {needs}), or name another interpreter by --python.");
    }

    /// <summary>What the script says that it is.</summary>
    public string Version { get; }

    /// <summary>Has it do a piece of work.</summary>
    /// <returns>What it answers.</returns>
    /// <exception cref="CliException">The process has ended.</exception>
    public string Ask(string work)
    {
        _process.StandardInput.WriteLine(work);
        return _process.StandardOutput.ReadLine() ?? throw new CliException($"{_name} ended early.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();                                       // its loop ends with its input
        _process.WaitForExit();
        _process.Dispose();
    }
}
