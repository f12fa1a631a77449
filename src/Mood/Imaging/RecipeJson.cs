using System.Buffers;
using System.Text.Json;

namespace MoodStream.Mood.Imaging;

/// <summary>The one spelling of a recipe as JSON. The hash is over these bytes: a change of spelling is a change of hash.</summary>
internal static class RecipeJson
{
    /// <summary>Rises when the meaning of a member changes, so that old statistics stop matching.</summary>
    private const int Version = 1;

    private const string ShrinkOnLoad = "shrinkOnLoad";

    private static readonly string[] Members =
    [
        "version", "resize", "filter", "crop", "cropRounding", "applyOrientation", ShrinkOnLoad, "alphaGround", "mean", "std",
    ];

    /// <summary>Writes all members, in order.</summary>
    public static byte[] Write(PreprocessingRecipe recipe)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        WriteSizes(json, recipe);
        json.WriteString("filter", NameOf(recipe.Filter));
        if (recipe.Crop is { } side) json.WriteNumber("crop", side);
        else json.WriteNull("crop");
        json.WriteString("cropRounding", NameOf(recipe.CropRounding));
        json.WriteBoolean("applyOrientation", recipe.ApplyOrientation);
        if (recipe.ShrinkOnLoad) json.WriteBoolean(ShrinkOnLoad, true);         // left out where false: older hashes stay what they are
        json.WriteString("alphaGround", recipe.AlphaGround.ToString());
        WriteChannels(json, "mean", recipe.Mean);
        WriteChannels(json, "std", recipe.Std);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads and validates what <see cref="Write"/> writes.</summary>
    /// <exception cref="FormatException">It is not that.</exception>
    public static PreprocessingRecipe Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var recipe = Read(document.RootElement);
            recipe.Validate();
            return recipe;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"Not a preprocessing recipe: {e.Message}", e);
        }
    }

    private static PreprocessingRecipe Read(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (!Members.Contains(member.Name))
                throw new FormatException($"Not a preprocessing recipe: unknown member '{member.Name}'.");
        }

        if (root.GetProperty("version").GetInt32() is var version and not Version)
            throw new FormatException($"Preprocessing recipe of version {version}; this program knows {Version}.");

        var crop = root.GetProperty("crop");
        return new PreprocessingRecipe
        {
            Resize = ReadSizes(root.GetProperty("resize")),
            Filter = Named<ResampleFilter>(root, "filter"),
            Crop = crop.ValueKind == JsonValueKind.Null ? null : crop.GetInt32(),
            CropRounding = Named<CropRounding>(root, "cropRounding"),
            ApplyOrientation = root.GetProperty("applyOrientation").GetBoolean(),
            ShrinkOnLoad = root.TryGetProperty(ShrinkOnLoad, out var shrinks) && shrinks.GetBoolean(),
            AlphaGround = AlphaGround.Parse(root.GetProperty("alphaGround").GetString() ?? ""),
            Mean = ReadChannels(root.GetProperty("mean")),
            Std = ReadChannels(root.GetProperty("std")),
        };
    }

    private static void WriteSizes(Utf8JsonWriter json, PreprocessingRecipe recipe)
    {
        json.WriteStartObject("resize");
        if (recipe.Resize is ResizeRule.ShorterSide side) json.WriteNumber("shorterSide", side.Length);
        if (recipe.Resize is ResizeRule.Exact exact)
        {
            json.WriteNumber("width", exact.Width);
            json.WriteNumber("height", exact.Height);
        }

        json.WriteEndObject();
    }

    private static ResizeRule ReadSizes(JsonElement sizes) => sizes.TryGetProperty("shorterSide", out var side)
        ? new ResizeRule.ShorterSide(side.GetInt32())
        : new ResizeRule.Exact(sizes.GetProperty("width").GetInt32(), sizes.GetProperty("height").GetInt32());

    private static void WriteChannels(Utf8JsonWriter json, string name, ChannelValues values)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(values.Red);
        json.WriteNumberValue(values.Green);
        json.WriteNumberValue(values.Blue);
        json.WriteEndArray();
    }

    private static ChannelValues ReadChannels(JsonElement values)
    {
        if (values.GetArrayLength() != RgbImage.Channels)
            throw new FormatException("Not a preprocessing recipe: mean and std have three values each.");
        return new ChannelValues(values[0].GetSingle(), values[1].GetSingle(), values[2].GetSingle());
    }

    private static string NameOf<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static T Named<T>(JsonElement root, string member) where T : struct, Enum
    {
        var name = root.GetProperty(member).GetString();
        foreach (var value in Enum.GetValues<T>())
        {
            if (NameOf(value) == name) return value;
        }

        throw new FormatException($"Not a preprocessing recipe: {member} '{name}'.");
    }
}
