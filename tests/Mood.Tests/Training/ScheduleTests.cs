using MoodStream.Mood.Imaging;
using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Training;

namespace MoodStream.MoodTests.Training;

public sealed class ScheduleTests
{
    [Fact]
    public void At_WarmUpThenCosine_HasTheValuesByHand()
    {
        var schedule = new CosineSchedule(Peak: 1, Minimum: 0.1, WarmUpSteps: 4, TotalSteps: 15);
        Assert.Equal(0.25, schedule.At(0), 12);
        Assert.Equal(1, schedule.At(3), 12);
        Assert.Equal(1, schedule.At(4), 12);
        Assert.Equal(0.55, schedule.At(9), 12);                       // half of the cosine
        Assert.Equal(0.1, schedule.At(14), 12);
    }

    [Fact]
    public void SampleOrder_EveryEpoch_IsAPermutationOfItsOwn()
    {
        var order = new SampleOrder(50, seed: 3);
        var first = Enumerable.Range(0, 50).Select(i => order.At(i)).ToArray();
        var second = Enumerable.Range(50, 50).Select(i => order.At(i)).ToArray();
        Assert.Equal(Enumerable.Range(0, 50), first.Order());
        Assert.Equal(Enumerable.Range(0, 50), second.Order());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void RandomResizedCrop_ConstantImage_StaysConstant()
    {
        var image = new RgbImage(40, 25, [.. Enumerable.Repeat((byte)93, 40 * 25 * 3)]);
        var crop = new RandomResizedCrop(16, 0.2);
        for (var seed = 0; seed < 20; seed++)
        {
            var result = crop.Apply(image, new Random(seed));
            Assert.Equal((16, 16), (result.Width, result.Height));
            Assert.All(result.Pixels, p => Assert.Equal(93, p));
        }
    }
}
