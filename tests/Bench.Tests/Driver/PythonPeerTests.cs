using MoodStream.Bench.Driver;

namespace MoodStream.BenchTests.Driver;

public sealed class PythonPeerTests
{
    [Theory]
    [InlineData("/nowhere/python", "cannot be started")]
    [InlineData("/bin/true", "Debian: python3-torch")]
    public void Constructor_NoInterpreterWithWhatItNeeds_IsRefusedWithAdvice(string python, string expected)
    {
        var message = Assert.ThrowsAny<Exception>(() => new PythonPeer(python, "plain_torch.py", "python3-torch")).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains("--python", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain_torch.py")]
    [InlineData("pillow_decode.py")]
    public void Script_BesideTheProgram_IsWhereTheBenchmarkLooksForIt(string script) =>
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, script)));
}
