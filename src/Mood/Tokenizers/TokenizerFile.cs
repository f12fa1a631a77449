using System.Globalization;
using System.Text.Json;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.Mood.Tokenizers;

/// <summary>A tokenizer cannot be used: the file lacks something, or holds something else.</summary>
public sealed class TokenizerException(string message) : Exception(message);

/// <summary>A tokenizer as read from its file.</summary>
/// <param name="Tokenizer">The tokenizer, in evaluation mode, without gradients. The caller disposes it.</param>
/// <param name="Recipe">Preprocessing that it was trained with.</param>
/// <param name="Use">How it used its vocabulary at the end of its training.</param>
public sealed record TokenizerFile(VisualTokenizer Tokenizer, PreprocessingRecipe Recipe, CodeUse Use)
{
    private const string KindKey = "moodstream.tokenizer";
    private const string ConfigKey = "moodstream.tokenizer.config";
    private const string RecipeKey = "moodstream.preprocessing";
    private const string UseKey = "moodstream.tokenizer.use";

    /// <summary>Writes a tokenizer; an older file is replaced only once the new one is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">Where it comes from: free text for people.</param>
    public void Save(string path, string origin) =>
        SafetensorsWriter.Write(path, Tokenizer.state_dict().Select(t => (t.Key, t.Value)), new Dictionary<string, string>
        {
            [KindKey] = Tokenizer.Kind, [ConfigKey] = Tokenizer.Describe(), [RecipeKey] = Recipe.ToJson(),
            [UseKey] = JsonSerializer.Serialize(Use), ["moodstream.origin"] = origin,
        });

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SafetensorsException">The file is missing or malformed.</exception>
    /// <exception cref="TokenizerException">It is no tokenizer, or its tensors do not fit.</exception>
    public static TokenizerFile Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(KindKey, out var kind) || !file.Metadata.TryGetValue(ConfigKey, out var config)
            || !file.Metadata.TryGetValue(RecipeKey, out var recipe) || !file.Metadata.TryGetValue(UseKey, out var use))
            throw new TokenizerException($"{path} is no tokenizer. Train one with mood pretrain --method dvae or vqkd.");
        try
        {
            var tokenizer = Create(kind, config);
            Fill(tokenizer, file, path);
            return new(tokenizer, PreprocessingRecipe.FromJson(recipe), JsonSerializer.Deserialize<CodeUse>(use));
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new TokenizerException($"{path}: the tokenizer's configuration cannot be used. {e.Message}");
        }
    }

    /// <summary>Refuses a tokenizer that uses too little of its vocabulary to be worth predicting.</summary>
    /// <param name="least">Least share of the vocabulary in use, in [0, 1].</param>
    /// <exception cref="TokenizerException">It uses less.</exception>
    public void Require(double least)
    {
        if (Use.Share >= least) return;
        throw new TokenizerException(string.Create(CultureInfo.InvariantCulture,
            $"The tokenizer uses {Use.Perplexity:F1} of its {Use.Codes} codes, {Use.Share:P0}; at least {least:P0} is asked for.")
            + " Train it longer, with fewer codes or with a larger --kl-weight, or lower --min-perplexity.");
    }

    private static VisualTokenizer Create(string kind, string config) => kind switch
    {
        "dvae" => new DiscreteVae(JsonSerializer.Deserialize<DvaeConfig>(config) ?? throw new JsonException("It is null.")),
        "vqkd" => new CodebookTokenizer(
            JsonSerializer.Deserialize<CodebookConfig>(config) ?? throw new JsonException("It is null.")),
        _ => throw new FormatException($"Its kind is '{kind}'; known are dvae and vqkd."),
    };

    private static void Fill(VisualTokenizer tokenizer, SafetensorsFile file, string path)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var state = tokenizer.state_dict();
        var wrong = state.Where(t => !file.Tensors.TryGetValue(t.Key, out var held) || !held.Shape.SequenceEqual(t.Value.shape))
            .Select(t => t.Key).ToArray();
        if (wrong.Length > 0)
            throw new TokenizerException($"{path} lacks {string.Join(", ", wrong)}, or has them in another shape.");
        foreach (var (name, tensor) in state) tensor.copy_(file.Load(name));
        tokenizer.eval();
        foreach (var weight in tokenizer.parameters()) weight.requires_grad = false;
    }
}
