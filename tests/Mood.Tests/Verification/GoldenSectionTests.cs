using MoodStream.Mood.Verification;
using MoodStream.TestKit;

namespace MoodStream.MoodTests.Verification;

/// <summary>Every row of the golden kit, through the classes that <c>mood verify</c> uses.</summary>
public sealed class GoldenSectionTests
{
    public static TheoryData<string> Models =>
    [
        "dinov2_original", "dinov2_original_reg4_swiglu", "hf_beit_classification", "hf_beit_interpolate", "hf_beit_mim",
        "hf_beit_model", "hf_dinov2_classification", "hf_dinov2_model", "hf_dinov2_registers", "hf_dinov2_swiglu",
        "hf_vit_classification", "hf_vit_model", "hf_vitmae_pretraining", "mae_finetuned_gap", "mae_pretrain",
        "timm_beit_shared_cls_nonsquare", "timm_beit_v1", "timm_dinov2", "timm_dinov2_reg4", "timm_dinov2_swiglu",
        "timm_vit_cls", "timm_vit_gap", "timm_vit_gap_no_qkv_bias", "unilm_beit_finetuned", "unilm_beit_mim",
        "unilm_beit_use_cls",
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void VerifyCase_GoldenModel_IsWithinTolerance(string model) =>
        AllWithin(new ModelsSection().VerifyCase(SharedFiles.Require("golden", "models", model)));

    [Fact]
    public void Verify_GoldenPreprocess_IsExact() =>
        AllWithin(new PreprocessSection().Verify(SharedFiles.Require("golden", "preprocess")));

    [Fact]
    public void Verify_GoldenResize_IsWithinTolerance() =>
        AllWithin(new ResizeSection().Verify(SharedFiles.Require("golden", "resize")));

    [Fact]
    public void Verify_GoldenMasks_AreEqual() => AllWithin(new MasksSection().Verify(SharedFiles.Require("golden", "masks")));

    [Fact]
    public void VerifyCase_FlippedExponentBit_NamesTheCase()
    {
        var copy = Directory.CreateTempSubdirectory("golden");
        try
        {
            var source = SharedFiles.Require("golden", "models", "timm_vit_cls");
            foreach (var file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            var path = Path.Combine(copy.FullName, "native.out.safetensors");
            var bytes = File.ReadAllBytes(path);
            bytes[^1] ^= 0x40;
            File.WriteAllBytes(path, bytes);

            var wrong = new ModelsSection().VerifyCase(copy.FullName).Where(r => !r.WithinTolerance).ToArray();

            Assert.NotEmpty(wrong);
            Assert.All(wrong, r => Assert.Equal(copy.Name, r.Case));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static void AllWithin(IEnumerable<GoldenRow> rows)
    {
        var all = rows.ToArray();
        Assert.NotEmpty(all);
        Assert.DoesNotContain(all, r => !r.WithinTolerance);
    }
}
