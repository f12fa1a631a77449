using MoodStream.Mood.Masking;
using MoodStream.Mood.Vision;
using MoodStream.MoodTests.Vision;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Masking;

/// <summary>Golden values: facebookresearch/mae efb2a80 on timm 0.3.3, random weights; tolerances as stated in the kit.</summary>
public sealed class MaskedAutoencoderTests
{
    [Theory]
    [InlineData("loss_raw", false)]
    [InlineData("loss_norm_pix", true)]
    public void Forward_GivenNoise_EqualsTheReferenceLoss(string run, bool normalise)
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden("mae_pretrain");
        using var model = Reference(golden, normalise);
        using var mask = RandomMask.FromNoise(golden.Input("loss_raw", "noise"), 0.75);
        Golden.Close(golden.Output(run, "loss"), model.forward(golden.Input("loss_raw", "pixel_values"), mask).reshape(1), 2e-5);
    }

    [Fact]
    public void Predict_GivenNoise_EqualsTheReference()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden("mae_pretrain");
        using var model = Reference(golden, false);
        using var mask = RandomMask.FromNoise(golden.Input("loss_raw", "noise"), 0.75);
        var images = golden.Input("loss_raw", "pixel_values");

        Assert.True(mask.Restore.Equals(golden.Output("loss_raw", "ids_restore")));
        Golden.Close(golden.Output("loss_raw", "mask"), mask.Mask, 0);
        Golden.Close(golden.Output("loss_raw", "target_patches"), model.Target(images), 0);
        Golden.Close(golden.Output("loss_raw", "pred"), model.Predict(images, mask), 1e-4);
    }

    [Fact]
    public void FromNoise_AnyNoise_KeepsTheLeastNoisyAndRestoresTheRest()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var noise = rand(7, 64);
        using var mask = RandomMask.FromNoise(noise, 0.75);
        Assert.Equal([7L, 16L], mask.Keep.shape);
        Assert.True(mask.Mask.sum(dim: 1).eq(48).all().item<bool>());
        Assert.True(noise.gather(1, mask.Keep).max(1).values.le(noise.masked_fill(mask.Mask.eq(0), 2).min(1).values).all().item<bool>());
        Assert.True(mask.Mask.gather(1, mask.Keep).eq(0).all().item<bool>());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.99)]
    public void FromNoise_RatioThatKeepsAllOrNone_IsRefused(double ratio)
    {
        using var noise = rand(1, 16);
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomMask.FromNoise(noise, ratio));
    }

    private static MaskedAutoencoder Reference(Golden golden, bool normalise)
    {
        var encoder = new VisionTransformer(new VitConfig
        {
            ImageSize = 32, PatchSize = 8, Width = 40, Depth = 3, Heads = 5, Positions = PositionEmbedding.SineCosine, Pooling = Pooling.ClassToken,
        });
        var model = new MaskedAutoencoder(encoder, new MaeDecoderConfig { Width = 32, Depth = 1, Heads = 4, NormalisePatches = normalise });
        golden.Fill(model, key => key.StartsWith("encoder.", StringComparison.Ordinal) ? key["encoder.".Length..] : key);
        model.eval();
        return model;
    }
}
