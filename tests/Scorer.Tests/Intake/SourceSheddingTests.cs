using Microsoft.Extensions.Time.Testing;
using MoodStream.Contracts;
using MoodStream.Scorer;
using MoodStream.Scorer.Intake;

namespace MoodStream.ScorerTests.Intake;

public sealed class SourceSheddingTests
{
    private readonly FakeTimeProvider _clock = new(Records.At);

    [Theory]
    [InlineData("waits")]
    [InlineData("without-a-policy")]
    public void Shed_SourceWaits_JudgesEveryImageHoweverOld(string source)
    {
        _clock.Advance(TimeSpan.FromDays(3));

        Assert.Null(Shed(source, "image-1"));
    }

    [Fact]
    public void Shed_DropOldest_DropsOnlyWhatWaitedForLongerThanAllowed()
    {
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(Shed("drops", "image-1"));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DeadLetterReason.ShedOldest, Shed("drops", "image-1"));
    }

    [Fact]
    public void Shed_Sample_JudgesOneInSoManyWhileBehindAndAllBefore()
    {
        var ids = Enumerable.Range(0, 2_000).Select(i => $"image-{i}").ToList();
        Assert.All(ids, id => Assert.Null(Shed("samples", id)));

        _clock.Advance(TimeSpan.FromMinutes(1));
        var shed = ids.Select(id => Shed("samples", id)).ToList();

        Assert.InRange(shed.Count(s => s is null), 420, 580);                  // 500 expected, four standard deviations of 19
        Assert.All(shed, s => Assert.True(s is null or DeadLetterReason.ShedSampled));
        Assert.Equal(shed, ids.Select(id => Shed("samples", id)));              // read again: drawn alike
    }

    private DeadLetterReason? Shed(string source, string imageId)
    {
        var settings = new ScorerSettings
        {
            Sources = new Dictionary<string, SourceSettings>
            {
                ["waits"] = new(),
                ["drops"] = new() { WhenBehind = WhenBehind.DropOldest, BehindAfter = TimeSpan.FromSeconds(30) },
                ["samples"] = new() { WhenBehind = WhenBehind.Sample, BehindAfter = TimeSpan.FromSeconds(30), OneIn = 4 },
            },
        };
        return new SourceShedding(settings, _clock).Shed(source, imageId, Records.Input(0, [1], source))?.Reason;
    }
}
