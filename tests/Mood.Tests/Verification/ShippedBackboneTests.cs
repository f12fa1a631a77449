using MoodStream.Mood.Vision;
using MoodStream.TestKit;

namespace MoodStream.MoodTests.Verification;

/// <summary>The backbone that ships stays the one that published gates were fitted with.</summary>
public sealed class ShippedBackboneTests
{
    [Fact]
    public void Load_ShippedBackbone_KeepsItsModelHash()
    {
        var path = Path.Combine(SharedFiles.Checkout, "backbones", "mae-vit-d192-l4-tin32.safetensors");
        using var backbone = Backbone.Load(path);
        Assert.Equal("d011198a3a1c416a", backbone.ModelHash);
    }
}
