using System.Text.Json;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Weights;

namespace MoodStream.Mood.Verification;

/// <summary>Block-wise masks, drawn again from the numbers that the reference program drew.</summary>
public sealed class MasksSection : IGoldenSection
{
    /// <inheritdoc/>
    public string Name => "masks";

    /// <inheritdoc/>
    public IEnumerable<GoldenRow> Verify(string folder)
    {
        try
        {
            var traces = GoldenFiles.ReadJson(Path.Combine(folder, "replay.json")).GetProperty("traces");
            var configurations = GoldenFiles.ReadJson(Path.Combine(folder, "statistics.json")).GetProperty("configurations");
            using var masks = SafetensorsFile.Open(Path.Combine(folder, "masks.safetensors"));
            return [.. masks.Tensors.Values.OrderBy(t => t.Name, StringComparer.Ordinal)
                .Select(t => Row(t.Name, masks.Raw(t.Name).ToArray(), traces, configurations))];
        }
        catch (Exception e) when (GoldenFiles.IsProblem(e))
        {
            return [GoldenFiles.Problem(Name, "masks", "files", e.Message)];
        }
    }

    private GoldenRow Row(string name, byte[] expected, JsonElement traces, JsonElement configurations)
    {
        try
        {
            var generator = Generator(configurations.GetProperty(name).GetProperty("config"));
            var drawn = traces.GetProperty(name).EnumerateArray()
                .SelectMany(t => generator.Draw(new Replay(t))).Select(m => (byte)(m ? 1 : 0)).ToArray();
            var wrong = drawn.Length == expected.Length ? drawn.Zip(expected).Count(p => p.First != p.Second) : double.PositiveInfinity;
            return new(Name, name, "masks", wrong, 0);
        }
        catch (Exception e) when (GoldenFiles.IsProblem(e))
        {
            return GoldenFiles.Problem(Name, name, "masks", e.Message);
        }
    }

    private static BlockMask Generator(JsonElement config)
    {
        var size = config.GetProperty("input_size");
        int? most = config.TryGetProperty("max_num_patches", out var m) && m.ValueKind == JsonValueKind.Number ? m.GetInt32() : null;
        return new(size[0].GetInt32(), size[1].GetInt32(), config.GetProperty("num_masking_patches").GetInt32(),
            config.TryGetProperty("min_num_patches", out var least) ? least.GetInt32() : 4, most);
    }

    private sealed class Replay(JsonElement trace) : IMaskChance
    {
        private int _next;

        public double Uniform() => Next("u")[1].GetDouble();

        public int Whole(int max)
        {
            var drawn = Next("i");
            return drawn[2].GetInt32() == max ? drawn[1].GetInt32()
                : throw new FormatException($"a number up to {max} is wanted, the trace has one up to {drawn[2].GetInt32()}");
        }

        private JsonElement Next(string kind) => _next < trace.GetArrayLength() && trace[_next][0].GetString() == kind
            ? trace[_next++]
            : throw new FormatException($"the trace has no '{kind}' at place {_next}");
    }
}
