using System.Text.Json;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Checkpoints;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>Tiny checkpoints of every family: tokens, features, logits and losses of each run.</summary>
public sealed class ModelsSection : IGoldenSection
{
    private const string InputEnd = ".in.safetensors";

    /// <inheritdoc/>
    public string Name => "models";

    /// <inheritdoc/>
    public IEnumerable<GoldenRow> Verify(string folder) =>
        Directory.GetDirectories(folder).Order(StringComparer.Ordinal).SelectMany(VerifyCase);

    /// <summary>The rows of one case.</summary>
    /// <param name="folder">The case's folder.</param>
    public IEnumerable<GoldenRow> VerifyCase(string folder)
    {
        var name = Path.GetFileName(folder);
        JsonElement description;
        List<string> runs;
        try
        {
            description = GoldenFiles.ReadJson(Path.Combine(folder, "case.json"));
            runs = [.. description.GetProperty("runs").EnumerateObject().Select(r => r.Name)];
            runs = [.. runs.Union(Directory.GetFiles(folder, "*" + InputEnd).Select(f => Path.GetFileName(f)[..^InputEnd.Length]))];
        }
        catch (Exception e) when (GoldenFiles.IsProblem(e))
        {
            return [GoldenFiles.Problem(Name, name, "case.json", e.Message)];
        }
        return runs.SelectMany(run => VerifyRun(folder, name, run, description));
    }

    private List<GoldenRow> VerifyRun(string folder, string name, string run, JsonElement description)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        try
        {
            var about = description.GetProperty("runs").GetProperty(run);
            var expected = GoldenFiles.ReadTensors(Path.Combine(folder, run + ".out.safetensors"));
            var inputs = GoldenFiles.ReadTensors(Path.Combine(folder, run + InputEnd));
            using var read = Open(folder, about, description, inputs);
            var computed = read.Encoder is VisionTransformer encoder
                ? new ModelRun(read, encoder, run, description, expected).Compute(inputs)
                : PooledRun.Compute(read, inputs);
            var tolerances = about.GetProperty("suggested_abs_tolerance");
            return [.. expected.Keys.Order(StringComparer.Ordinal).Select(output => Row(output, tolerances, expected, computed))];
        }
        catch (Exception e) when (GoldenFiles.IsProblem(e))
        {
            return [GoldenFiles.Problem(Name, name, run, e.Message)];
        }

        GoldenRow Row(
            string output, JsonElement tolerances, Dictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> computed)
        {
            var tolerance = tolerances.TryGetProperty(output, out var stated) ? stated.GetDouble() : 0;
            return computed.TryGetValue(output, out var value)
                ? new(Name, name, $"{run}/{output}", GoldenFiles.Difference(expected[output], value), tolerance)
                : GoldenFiles.Problem(Name, name, $"{run}/{output}", "this build computes no such output");
        }
    }

    private static Checkpoint Open(string folder, JsonElement about, JsonElement description, Dictionary<string, Tensor> inputs)
    {
        var path = Path.Combine(folder, about.GetProperty("checkpoint").GetString()!);
        var architecture = description.GetProperty("architecture");
        int? heads = architecture.TryGetProperty("heads", out var h) ? h.GetInt32() : null;
        var shape = inputs["pixel_values"].shape;
        var mean = about.TryGetProperty("missing_keys", out var missing)
            && missing.EnumerateArray().Any(k => k.GetString() == "fc_norm.weight");
        using var source = TensorSource.Open(path);
        var input = new GridSize((int)shape[2], (int)shape[3]);
        return Checkpoint.Read(source, path, new(input, heads, mean ? true : null), beside: true);
    }
}
