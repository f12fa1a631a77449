using System.Text.Json;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Checkpoints;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>Tiny checkpoints of every family: tokens, features, logits and losses of each run.</summary>
public sealed class ModelsSection : IGoldenSection
{
    private const string InputEnd = ".in.safetensors";

    /// <summary>Largest length of a difference over the length of the output that bfloat16 may cause: a few times its
    /// rounding of 2⁻⁹, which every product of a block adds to.</summary>
    private const double Bf16Tolerance = 0.03;

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
            var values = new RunValues(name, run, description, inputs, expected);
            using var read = Open(folder, about, description, inputs);
            var tolerances = about.GetProperty("suggested_abs_tolerance");
            List<GoldenRow> rows = [.. Exact(values, read, tolerances)];
            // Read anew: a run may end with the encoder's disposal, and packing is for good.
            using var fused = Open(folder, about, description, inputs);
            rows.AddRange(PackedInFp32(values, fused, tolerances));
            using var shorter = Open(folder, about, description, inputs);
            rows.AddRange(PackedInBf16(values, shorter));
            return rows;
        }
        catch (Exception e) when (GoldenFiles.IsProblem(e))
        {
            return [GoldenFiles.Problem(Name, name, run, e.Message)];
        }
    }

    private IEnumerable<GoldenRow> Exact(RunValues values, Checkpoint read, JsonElement tolerances)
    {
        var computed = read.Encoder is VisionTransformer encoder
            ? new ModelRun(read, encoder, values.Run, values.Description, values.Expected).Compute(values.Inputs)
            : PooledRun.Compute(read, values.Inputs);
        foreach (var (output, expected) in values.Expected.OrderBy(e => e.Key, StringComparer.Ordinal))
            yield return computed.TryGetValue(output, out var value)
                ? new(Name, values.Case, $"{values.Run}/{output}", GoldenFiles.Difference(expected, value), Tolerance(tolerances, output))
                : GoldenFiles.Problem(Name, values.Case, $"{values.Run}/{output}", "this build computes no such output");
    }

    private IEnumerable<GoldenRow> PackedInFp32(RunValues values, Checkpoint read, JsonElement tolerances) =>
        from output in Packed(values, read, ScalarType.Float32)
        select new GoldenRow(
            Name, values.Case, $"{values.Run}/{output.Name} packed", GoldenFiles.Difference(output.Expected, output.Computed), Tolerance(tolerances, output.Name));

    private IEnumerable<GoldenRow> PackedInBf16(RunValues values, Checkpoint read) =>
        from output in Packed(values, read, ScalarType.BFloat16)
        select new GoldenRow(
            Name, values.Case, $"{values.Run}/{output.Name} in bf16", GoldenFiles.RelativeLength(output.Expected, output.Computed), Bf16Tolerance);

    /// <summary>The outputs behind the blocks, computed by packed ones; none for an encoder that has no blocks to pack.</summary>
    private static IEnumerable<(string Name, Tensor Expected, Tensor Computed)> Packed(RunValues values, Checkpoint read, ScalarType type)
    {
        if (read.Encoder is not VisionTransformer encoder || !encoder.TryPack(type)) return [];
        var computed = new ModelRun(read, encoder, values.Run, values.Description, values.Expected, packed: true).Compute(values.Inputs);
        return values.Expected.Keys.Where(ModelRun.IsBehindBlocks).Order(StringComparer.Ordinal)
            .Select(output => (output, values.Expected[output], computed[output]));
    }

    private static double Tolerance(JsonElement tolerances, string output) =>
        tolerances.TryGetProperty(output, out var stated) ? stated.GetDouble() : 0;

    private sealed record RunValues(
        string Case, string Run, JsonElement Description, Dictionary<string, Tensor> Inputs, Dictionary<string, Tensor> Expected);

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
