using MoodStream.Bench.Train;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;

namespace MoodStream.BenchTests.Train;

public sealed class PlainTorchTests
{
    private static readonly MaeSettings Settings = new()
    {
        Epochs = 1, BatchSize = 2, Encoder = new VitConfig { ImageSize = 16, PatchSize = 4, Width = 12, Depth = 1, Heads = 3 },
    };

    [Theory]
    [InlineData("/nowhere/python", "cannot be started")]
    [InlineData("/bin/true", "has no torch")]
    public void Constructor_NoInterpreterWithTorch_IsRefusedWithAdvice(string python, string expected)
    {
        var message = Assert.ThrowsAny<Exception>(() => new PlainTorch(python, Settings)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("--python", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Script_BesideTheProgram_IsWhereTheBenchmarkLooksForIt() =>
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "plain_torch.py")));
}
