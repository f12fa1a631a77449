using System.Text;
using System.Text.Json;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;
using MoodStream.MoodTests.Vision.Comparators;

namespace MoodStream.MoodTests.Verification;

/// <summary>Damaged JSON beside the weights: one clear error, or text that happens to be whole still.</summary>
public sealed class HostileJsonTests
{
    private const int Mutations = 2000;

    private const string Processor = """
        {"do_center_crop":true,"crop_size":{"height":224,"width":224},"do_normalize":true,"do_rescale":true,
         "do_resize":true,
         "image_mean":[0.485,0.456,0.406],"image_std":[0.229,0.224,0.225],"resample":3,
         "rescale_factor":0.00392156862745098,
         "size":{"shortest_edge":256}}
        """;

    [Fact]
    public void Load_MutatedPreprocessorConfiguration_RefusesReadablyOrLoads()
    {
        var shapes = TimmShapes.Mixer();
        shapes["blocks.0.mlp_tokens.fc1.weight"] = shapes["blocks.1.mlp_tokens.fc1.weight"] =
            [8, 16];     // a square input
        shapes["blocks.0.mlp_tokens.fc2.weight"] = shapes["blocks.1.mlp_tokens.fc2.weight"] = [16, 8];
        shapes["blocks.0.mlp_tokens.fc2.bias"] = shapes["blocks.1.mlp_tokens.fc2.bias"] = [16];
        using var checkpoint = new DrawnCheckpoint(shapes, config: null);
        LoadMutated(checkpoint.Path, Path.Combine(checkpoint.Path, "preprocessor_config.json"), Processor, seed: 20263);
    }

    [Fact]
    public void Load_MutatedIndexOfShards_RefusesReadablyOrLoads()
    {
        using var checkpoint = new DrawnCheckpoint(TimmShapes.Mixer(), TimmConfigs.Mixer);
        var (index, text) = Shard(checkpoint);
        LoadMutated(index, index, text, seed: 20264);
    }

    [Fact]
    public void Load_IndexThatNamesTensorsNoShardHolds_NamesThem()
    {
        using var checkpoint = new DrawnCheckpoint(TimmShapes.Mixer(), TimmConfigs.Mixer);
        var (index, text) = Shard(checkpoint);
        File.WriteAllText(index, text.Replace("norm.weight", "gone.weight", StringComparison.Ordinal));
        var refused = Assert.Throws<BackboneException>(() => Backbone.Load(index));
        Assert.Contains("names tensors that no shard holds: 'gone.weight'.", refused.Message, StringComparison.Ordinal);
    }

    private static void LoadMutated(string checkpoint, string file, string text, int seed)
    {
        File.WriteAllText(file, text);
        Backbone.Load(checkpoint).Dispose();                                                  // whole, it loads
        var (whole, random) = (Encoding.UTF8.GetBytes(text), new Random(seed));
        for (var i = 0; i < Mutations; i++)
        {
            File.WriteAllBytes(file, Mutation.Of(whole, random));
            var error = Record.Exception(() => Backbone.Load(checkpoint).Dispose());
            Assert.True(error is null or BackboneException or SafetensorsException, $"mutation {i}: {error}");
        }
    }

    /// <summary>Splits the weights into two files and an index.</summary>
    private static (string Index, string Text) Shard(DrawnCheckpoint checkpoint)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using (var file = SafetensorsFile.Open(checkpoint.Weights))
        {
            foreach (var half in file.Tensors.Keys.Order(StringComparer.Ordinal).Chunk(file.Tensors.Count / 2
                + 1).Select((names, i) => (names, i)))
            {
                var shard = $"model-{half.i + 1}-of-2.safetensors";
                SafetensorsWriter.Write(Path.Combine(checkpoint.Path, shard),
                    half.names.Select(n => (n, file.Load(n))));
                foreach (var name in half.names) map[name] = shard;
            }
        }
        var text = JsonSerializer.Serialize(new Dictionary<string,
            object> { ["metadata"] = new { total_size = 1 }, ["weight_map"] = map });
        var index = Path.Combine(checkpoint.Path, "model.safetensors.index.json");
        File.WriteAllText(index, text);
        return (index, text);
    }
}
