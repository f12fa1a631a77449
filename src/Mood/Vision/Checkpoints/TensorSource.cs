using System.Text.Json;
using System.Text.Unicode;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>The tensors of a checkpoint: one safetensors file, or several named by an index.</summary>
/// <remarks>Owns its files.</remarks>
internal sealed class TensorSource : IDisposable
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";
    private const long LargestJson = 64L << 20;
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, SafetensorsFile> _owner = new(StringComparer.Ordinal);

    /// <summary>All tensors by name.</summary>
    public Dictionary<string, TensorEntry> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Free-form text of the first header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _files[0].Metadata;

    /// <summary>Number of values in all tensors.</summary>
    public long ElementCount => Tensors.Values.Sum(t => t.ElementCount);

    /// <summary>Folder in which the configuration lies.</summary>
    public string Folder { get; private init; } = "";

    /// <summary>Opens a file, an index, or a folder that holds one of them.</summary>
    /// <exception cref="SafetensorsException">A file is missing or malformed.</exception>
    /// <exception cref="BackboneException">The folder holds no weights, or the index is wrong.</exception>
    public static TensorSource Open(string path)
    {
        if (Directory.Exists(path))
        {
            string[] names = [Path.Combine(path, SingleName), Path.Combine(path, IndexName)];
            path = names.FirstOrDefault(File.Exists)
                ?? throw new BackboneException($"{path} holds neither {SingleName} nor {IndexName}.");
        }
        var source = new TensorSource { Folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "" };
        try
        {
            if (path.EndsWith(".json", StringComparison.Ordinal)) source.AddShards(path);
            else source.Add(path);
        }
        catch
        {
            source.Dispose();
            throw;
        }
        return source;
    }

    /// <summary>Loads one tensor as float32. The caller disposes it.</summary>
    public Tensor Load(string name)
    {
        using var raw = _owner[name].Load(name);
        return raw.to(ScalarType.Float32, copy: true);
    }

    /// <summary>A JSON object beside the weights; null where there is no such file.</summary>
    /// <exception cref="BackboneException">It is no JSON object.</exception>
    public JsonElement? ReadJson(string name)
    {
        var path = Path.Combine(Folder, name);
        return File.Exists(path) ? ParseObject(path) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private void Add(string path)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (var (name, entry) in file.Tensors)
        {
            if (!Tensors.TryAdd(name, entry)) throw new BackboneException($"{path}: '{name}' is in another shard too.");
            _owner[name] = file;
        }
    }

    private void AddShards(string index)
    {
        if (!ParseObject(index).TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            throw new BackboneException($"{index} has no weight_map.");
        foreach (var shard in Shards(index, map)) Add(shard);
        string[] absent = [.. map.EnumerateObject().Select(m => m.Name).Where(n => !Tensors.ContainsKey(n)).Distinct()];
        if (absent.Length > 0)
            throw new BackboneException($"{index} names tensors that no shard holds: '{string.Join("', '", absent)}'.");
    }

    private static IReadOnlyList<string> Shards(string index, JsonElement map)
    {
        var names = map.EnumerateObject()
            .Select(m => m.Value.ValueKind == JsonValueKind.String ? m.Value.GetString()! : "")
            .Distinct(StringComparer.Ordinal).ToArray();
        if (names.FirstOrDefault(n => n.Length == 0 || Path.GetFileName(n) != n) is { } bad)
            throw new BackboneException($"{index}: '{bad}' is not the name of a file beside it.");
        if (names.Length == 0) throw new BackboneException($"{index}: its weight_map is empty.");
        return [.. names.Select(n => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(index)) ?? "", n))];
    }

    private static JsonElement ParseObject(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LargestJson) throw new BackboneException($"{path} is larger than 64 MiB.");
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (!Utf8.IsValid(File.ReadAllBytes(path))) throw new BackboneException($"{path} is not valid Unicode.");
            if (json.RootElement.ValueKind == JsonValueKind.Object) return json.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BackboneException($"{path} cannot be read: {e.Message}");
        }
        throw new BackboneException($"{path} is not a JSON object.");
    }
}
