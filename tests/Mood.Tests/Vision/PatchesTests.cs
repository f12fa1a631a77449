using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision;

public sealed class PatchesTests
{
    [Fact]
    public void JoinAfterCut_AnyImages_GivesThemBack()
    {
        using var scope = NewDisposeScope();
        var images = rand(2, 3, 12, 12);
        Assert.True(Patches.Join(Patches.Cut(images, 4, channelsFirst: false), 4).Equals(images));
    }

    [Fact]
    public void Cut_ChannelsFirst_IsTheOrderOfAConvolution()
    {
        using var scope = NewDisposeScope();
        var images = arange(2 * 2 * 3).reshape(1, 3, 2, 2).@float();
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], Patches.Cut(images, 2, channelsFirst: true).data<float>().ToArray());
        Assert.Equal([0f, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], Patches.Cut(images, 2, channelsFirst: false).data<float>().ToArray());
    }
}
