using System.Diagnostics;
using System.Globalization;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Training;

namespace MoodStream.Bench.Train;

/// <summary>The peer: a plain PyTorch loop in a process of its own, which waits between rounds.</summary>
internal sealed class PlainTorch : IDisposable
{
    private const string Script = "plain_torch.py";
    private readonly Process _process;

    /// <param name="python">The interpreter, with torch.</param>
    /// <param name="settings">The model and batch to train.</param>
    /// <exception cref="CliException">It cannot be started.</exception>
    public PlainTorch(string python, MaeSettings settings)
    {
        var (encoder, decoder) = (settings.Encoder, settings.Decoder);
        int[] shape =
        [
            settings.BatchSize, encoder.ImageSize, encoder.PatchSize, encoder.Width, encoder.Depth, encoder.Heads, decoder.Width, decoder.Depth,
        ];
        var script = Path.Combine(AppContext.BaseDirectory, Script);
        var start = new ProcessStartInfo(python, [script, .. shape.Select(n => n.ToString(CultureInfo.InvariantCulture))])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException($"{python} cannot be started: {e.Message} Name an interpreter with torch by --python.");
        }
        if (_process.StandardOutput.ReadLine() is { } line && line.StartsWith("ready ", StringComparison.Ordinal))
        {
            Version = line["ready ".Length..];
            return;
        }
        Dispose();
        throw new CliException($"{python} has no torch. Install it (Debian: python3-torch), or name another by --python.");
    }

    /// <summary>Version of PyTorch.</summary>
    public string Version { get; }

    /// <summary>Takes so many steps.</summary>
    /// <exception cref="CliException">The process has ended.</exception>
    public void Take(int steps)
    {
        _process.StandardInput.WriteLine(steps);
        if (_process.StandardOutput.ReadLine() is null) throw new CliException("The PyTorch loop ended early.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();                                       // its loop ends with its input
        _process.WaitForExit();
        _process.Dispose();
    }
}
