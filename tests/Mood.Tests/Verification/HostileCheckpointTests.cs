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
                File.WriteAllBytes(Path.Combine(folder.FullName, mutated), Mutate(whole, random));
                var error = Record.Exception(() => Backbone.Load(folder.FullName).Dispose());
                Assert.True(error is null or BackboneException or SafetensorsException, $"mutation {i}: {error}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var bytes = (byte[])whole.Clone();
        var reach = Math.Min(bytes.Length, 6000);              // the header, where structure lies
        for (var n = random.Next(1, 4); n > 0; n--)
            bytes[random.Next(reach)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"0123456789{}[]\",:"[random.Next(17)];
        return random.Next(10) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }
}
