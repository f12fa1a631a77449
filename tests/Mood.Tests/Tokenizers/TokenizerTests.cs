using MoodStream.Mood.Tokenizers;
using MoodStream.Mood.Weights;
using MoodStream.MoodTests.Training;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Tokenizers;

/// <summary>Shapes and laws of the tokenizers and of their codebook.</summary>
[Collection(nameof(TorchSeed))]
public sealed class TokenizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    [Fact]
    public void PerplexityOf_EvenUse_IsTheNumberOfCodesUsed()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(4, CodeUse.PerplexityOf(tensor(new long[] { 0, 1, 2, 3, 3, 2, 1, 0 }), 10), 12);
        Assert.Equal(1, CodeUse.PerplexityOf(zeros(5, ScalarType.Int64), 10), 12);
        // shares 3/4 and 1/4: exp(0.75 ln(4/3) + 0.25 ln 4)
        Assert.Equal(Math.Pow(4.0 / 3, 0.75) * Math.Pow(4, 0.25), CodeUse.PerplexityOf(tensor(new long[] { 7, 7, 7, 2 }), 10), 12);
        Assert.Throws<ArgumentException>(() => CodeUse.PerplexityOf(zeros(0, ScalarType.Int64), 10));
    }

    [Fact]
    public void Codes_OfADvae_AreItsLargestLogitsAndRestoreAsOneHotWeightsDo()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var vae = new DiscreteVae(PretextTasks.Dvae);
        var images = rand(2, 3, 16, 16) * 2 - 1;
        var codes = vae.forward(images);
        Assert.Equal([2L, 16L], codes.shape);
        var logits = vae.Logits(images);                                                           // [2, 8, 4, 4]
        Assert.True(codes.reshape(2, 4, 4).Equals(logits.argmax(1)));
        var hardened = (logits * 1e4).softmax(1);
        Assert.True(vae.RestoreCodes(codes).allclose(vae.Restore(hardened), rtol: 1e-3, atol: 1e-3));
        Assert.Equal([2L, 3L, 16L, 16L], vae.RestoreCodes(codes).shape);
    }

    [Fact]
    public void CodesOf_ImagesTwiceAsLarge_AreThoseOfTheirMeansOverFourPixels()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var vae = new DiscreteVae(PretextTasks.Dvae);
        var images = rand(2, 3, 32, 32);
        var means = images.reshape(2, 3, 16, 2, 16, 2).mean([3, 5]);
        Assert.True(vae.CodesOf(images).Equals(vae.forward(means)));
    }

    [Fact]
    public void Codebook_TwoClusters_FindsTheirDirectionsAndKeepsUnitLength()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var codebook = new Codebook(2, 3);
        var ends = tensor(new float[] { 1, 0, 0, 0, 1, 0 }, [2, 3]);
        var rows = nn.functional.normalize(ends.repeat(50, 1) + 0.01 * randn(100, 3), dim: 1);
        for (var i = 0; i < 200; i++) codebook.Follow(rows);
        Assert.True(codebook.Codes.norm(1).allclose(ones(2)));
        var cosines = codebook.Codes.matmul(ends.t()).max(0).values;                               // the best code of each end
        Assert.True(cosines.ge(0.999).all().item<bool>(), "a code is far from its cluster");
    }

    [Fact]
    public void Codebook_MoreCodesThanAreNeeded_RevivesThoseThatLieIdle()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var codebook = new Codebook(16, 4);
        var begin = nn.functional.normalize(randn(64, 4), dim: 1);
        codebook.Follow(begin);
        var elsewhere = nn.functional.normalize(tensor(new float[] { 0, 0, 0, 1 }) + 0.05 * randn(256, 4), dim: 1);
        for (var i = 0; i < 500; i++) codebook.Follow(elsewhere);
        // 0.99^390 = 0.02: by then every code that stood elsewhere has been given a place among the vectors
        Assert.True(codebook.Codes.matmul(elsewhere.t()).max(1).values.ge(0.95).all().item<bool>());
        Assert.Equal(0, codebook.Codes.isnan().count_nonzero().item<long>());
    }

    [Fact]
    public void LoadTokenizer_SavedOne_GivesTheSameCodesAndRemembersItsUse()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "t.safetensors");
        random.manual_seed(3);
        using var tokenizer = new CodebookTokenizer(PretextTasks.Codebook);
        tokenizer.eval();
        var use = new CodeUse(5.5, 8, 0.1, 0.2);
        new TokenizerFile(tokenizer, PretextTasks.Recipe, use).Save(path, "a test");
        var read = TokenizerFile.Load(path);
        using var again = read.Tokenizer;
        var images = rand(3, 3, 16, 16);
        Assert.True(again.forward(images).Equals(tokenizer.forward(images)));
        Assert.Equal(use, read.Use);
        Assert.All(again.parameters(), p => Assert.False(p.requires_grad));
    }

    [Fact]
    public void LoadTokenizer_Backbone_IsRefusedWithAdvice()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "t.safetensors");
        SafetensorsWriter.Write(path, [("a", zeros(1))]);
        Assert.Contains("--method dvae", Assert.Throws<TokenizerException>(() => TokenizerFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_TooLittleOfTheVocabulary_IsRefusedWithBothNumbers()
    {
        var file = PretextTasks.Tokenizer(perplexity: 2);
        using var tokenizer = file.Tokenizer;
        file.Require(0.25);
        var message = Assert.Throws<TokenizerException>(() => file.Require(0.3)).Message;
        Assert.Contains("2.0 of its 8 codes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_EverySettingWrong_ListsAllProblems()
    {
        var wrong = new DvaeConfig { ImageSize = 30, Stages = 2, Codes = 1, CodeWidth = 0, Hidden = 24 };
        var message = Assert.Throws<ArgumentException>(() => new DiscreteVae(wrong)).Message;
        Assert.All(["ImageSize", "Codes", "CodeWidth", "Hidden is 24; it lies in 1..4096 and is a multiple of 16."], name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
