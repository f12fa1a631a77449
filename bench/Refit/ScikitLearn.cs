using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;
using static TorchSharp.torch;

namespace MoodStream.Bench.Refit;

/// <summary>What scikit-learn made of the rows of a file.</summary>
/// <param name="Version">Version of scikit-learn.</param>
/// <param name="EmpiricalSeconds">Seconds of <c>EmpiricalCovariance.fit</c>.</param>
/// <param name="LedoitWolfSeconds">Seconds of <c>LedoitWolf.fit</c> on rows of length 1.</param>
/// <param name="Shrinkage">Its intensity.</param>
internal sealed record ScikitLearnFigures(string Version, double EmpiricalSeconds, double LedoitWolfSeconds, double Shrinkage)
{
    private const string Script = "sklearn_refit.py";

    /// <summary>Empirical covariance, row by row, D² values.</summary>
    [JsonIgnore]
    public double[] Covariance { get; init; } = [];

    /// <summary>Fits to the first images of a stream.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="batches">Batches of features, shape [B, D], float32.</param>
    /// <param name="width">Number of features D.</param>
    /// <returns>The figures; null where the interpreter has no scikit-learn.</returns>
    /// <exception cref="CliException">The interpreter cannot be started, or failed over the rows.</exception>
    public static ScikitLearnFigures? Measure(string python, IEnumerable<Tensor> batches, int width)
    {
        if (Run(python, "-c", "import sklearn").ExitCode != 0) return null;
        var folder = Directory.CreateTempSubdirectory("mood-bench-refit-");
        try
        {
            string rows = Path.Combine(folder.FullName, "rows.f32"), covariance = Path.Combine(folder.FullName, "covariance.f64");
            Write(rows, batches);
            var (exitCode, output) = Run(
                python, Path.Combine(AppContext.BaseDirectory, Script), rows, width.ToString(CultureInfo.InvariantCulture), covariance);
            if (exitCode != 0) throw new CliException($"{python} failed over {Script}: exit code {exitCode}.");
            var figures = JsonSerializer.Deserialize(output, RefitBenchJson.Default.ScikitLearnFigures)!;
            return figures with { Covariance = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(covariance)).ToArray() };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Write(string path, IEnumerable<Tensor> batches)
    {
        using var file = File.Create(path);
        foreach (var batch in batches)
            using (batch) file.Write(MemoryMarshal.AsBytes<float>(batch.data<float>().ToArray()));
    }

    private static (int ExitCode, string Output) Run(string python, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = arguments[0] == "-c",
            })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException($"{python} cannot be started: {e.Message} Name an interpreter by --python.");
        }
    }
}
