using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;
using MoodStream.TestKit;

namespace MoodStream.MoodTests.Verification;

/// <summary>Damaged checkpoints: one clear error, or a file that happens to be whole still.</summary>
public sealed class HostileCheckpointTests
{
    private const int Mutations = 1000;

    [Theory]
    [InlineData("model.safetensors", 20261)]
    [InlineData("config.json", 20262)]
    public void Load_MutatedFile_RefusesReadablyOrLoads(string mutated, int seed)
    {
        var source = SharedFiles.Require("golden", "models", "hf_dinov2_classification");
        var folder = Directory.CreateTempSubdirectory("hostile");
        try
        {
            foreach (var name in (string[])["model.safetensors", "config.json"])
                File.Copy(Path.Combine(source, name), Path.Combine(folder.FullName, name));
            var whole = File.ReadAllBytes(Path.Combine(source, mutated));
            var random = new Random(seed);
            for (var i = 0; i < Mutations; i++)
            {
                File.WriteAllBytes(Path.Combine(folder.FullName, mutated), Mutation.Of(whole, random));
                var error = Record.Exception(() => Backbone.Load(folder.FullName).Dispose());
                Assert.True(error is null or BackboneException or SafetensorsException, $"mutation {i}: {error}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
