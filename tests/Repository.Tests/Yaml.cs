using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace MoodStream.RepositoryTests;

/// <summary>YAML as plain dictionaries, lists and texts, with anchors and merge keys resolved.</summary>
internal static class Yaml
{
    /// <summary>Every document of a text.</summary>
    public static IReadOnlyList<object> Documents(string text)
    {
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var deserializer = new DeserializerBuilder().Build();
        var documents = new List<object>();
        parser.Consume<YamlDotNet.Core.Events.StreamStart>();
        while (parser.Accept<YamlDotNet.Core.Events.DocumentStart>(out _))
            if (deserializer.Deserialize<object>(parser) is { } document) documents.Add(document);
        return documents;
    }

    /// <summary>What lies at a path of keys; null where nothing does. A number takes an element of a list.</summary>
    public static object? At(this object? node, params string[] path)
    {
        foreach (var key in path)
            node = node switch
            {
                Dictionary<object, object> map => map.GetValueOrDefault(key),
                List<object> list when int.TryParse(key, out var place) && place < list.Count => list[place],
                _ => null,
            };
        return node;
    }

    /// <summary>The text at a path; null where there is none.</summary>
    public static string? Text(this object? node, params string[] path) => node.At(path) as string;

    /// <summary>The list at a path; empty where there is none.</summary>
    public static IReadOnlyList<object> List(this object? node, params string[] path) => node.At(path) as List<object> ?? [];

    /// <summary>Keys and values at a path; empty where there are none.</summary>
    public static IReadOnlyDictionary<string, object> Map(this object? node, params string[] path) =>
        node.At(path) is Dictionary<object, object> map ? map.ToDictionary(p => (string)p.Key, p => p.Value) : [];
}
