using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision;

/// <summary>Runs alone: others would bring back the pages that it drops.</summary>
[CollectionDefinition(nameof(PagesAlone), DisableParallelization = true)]
public sealed class PagesAlone;

/// <summary>A softmax never brings the page back that its exponential names infinity in: a pass has to.</summary>
[Collection(nameof(PagesAlone))]
public sealed class RareConstantsTests
{
    private const int Values = 1024;

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    [InlineData(null)]                                              // as it is trained
    public void Encode_PagesThatOnlyOverflowNeedsAreGone_BringsThemBack(ScalarType? packed)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("which pages are there is told by Linux");
        using var encoder = new VisionTransformer(new() { ImageSize = 32, PatchSize = 8, Width = 64, Depth = 1, Heads = 4 });
        using var images = randn(1, 3, 32, 32);
        if (packed is { } type) encoder.TryPack(type);
        var pages = PagesOfLibtorch.Find();
        var rare = OnlyForOverflow(pages);
        Assert.SkipWhen(rare.Count == 0, "the exponential of this processor reads all its constants each time");
        encoder.forward(images).Dispose();                          // with their neighbours at hand, nothing but their own use brings them back

        pages.Drop(rare);
        encoder.forward(images).Dispose();

        Assert.All(rare, page => Assert.True(pages.Has(page), $"page {page:x}"));
    }

    /// <summary>Pages that e^200 needs and e^1 does not.</summary>
    private static HashSet<long> OnlyForOverflow(PagesOfLibtorch pages)
    {
        using var one = full([Values], 1f, ScalarType.BFloat16);
        using var overflowing = full([Values], 200f, ScalarType.BFloat16);
        pages.Drop();
        overflowing.exp().Dispose();
        var around = pages.Present();                               // with those around them, which the system brings in as well
        return [.. around.Where(page => !NeededFor(one, page) && NeededFor(overflowing, page) && !NeededFor(one, page))];

        bool NeededFor(Tensor exponents, long page)
        {
            pages.Drop([page]);
            exponents.exp().Dispose();
            return pages.Has(page);
        }
    }
}
