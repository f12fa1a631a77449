using MoodStream.Cli.Terminal;

namespace MoodStream.CliTests.Terminal;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("60s", 60)]
    [InlineData("5m", 300)]
    [InlineData("1.5h", 5400)]
    [InlineData("0.5s", 0.5)]
    public void TryParse_DurationAsPeopleWriteIt_IsRead(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("60")]
    [InlineData("-5s")]
    [InlineData("0s")]
    [InlineData("1e9h")]
    [InlineData("9999999h")]
    [InlineData("5 days")]
    public void TryParse_AnythingElse_IsNone(string text) => Assert.Null(Durations.TryParse(text));
}
