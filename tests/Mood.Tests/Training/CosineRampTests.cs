using MoodStream.Mood.Training;

namespace MoodStream.MoodTests.Training;

public sealed class CosineRampTests
{
    [Fact]
    public void At_OfARamp_HasTheValuesByHand()
    {
        var ramp = new CosineRamp(1, 1.0 / 16, 100);
        Assert.Equal(1, ramp.At(0), 12);
        Assert.Equal((1 + 1.0 / 16) / 2, ramp.At(50), 12);              // half of the cosine
        Assert.Equal(1.0 / 16, ramp.At(100), 12);
        Assert.Equal(1.0 / 16, ramp.At(5000), 12);
        Assert.Equal(3, new CosineRamp(0, 3, 0).At(0));
    }
}
