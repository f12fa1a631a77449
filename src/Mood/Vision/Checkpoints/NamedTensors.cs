using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>A checkpoint's tensors under our names, with what could not be named.</summary>
internal sealed class NamedTensors
{
    private const string IndexBuffer = "relative_position_index";
    private readonly TensorSource _source;
    private readonly Dictionary<string, string> _theirs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> _shapes = new(StringComparer.Ordinal);

    public NamedTensors(TensorSource source, KeyMap map)
    {
        _source = source;
        foreach (var (name, entry) in source.Tensors)
        {
            var ours = map.Translate(name);
            if (name.EndsWith(IndexBuffer, StringComparison.Ordinal)) Waived[name] = "computed from the grid";
            else if (ours is null) Problems.Add($"'{name}' is left over.");
            else if (!_theirs.TryAdd(ours, name)) Problems.Add($"'{name}' and '{_theirs[ours]}' are one tensor.");
            else
            {
                _shapes[ours] = [.. entry.Shape];
                if (entry.Type is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
                    Problems.Add($"'{name}' is of type {entry.Type}; weights are floating-point.");
            }
        }
    }

    /// <summary>What is wrong with names and types.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Tensors that are not used, by their own name, with the reason.</summary>
    public SortedDictionary<string, string> Waived { get; } = new(StringComparer.Ordinal);

    /// <summary>Our names.</summary>
    public IEnumerable<string> Names => _shapes.Keys;

    public bool Has(string name) => _shapes.ContainsKey(name);

    /// <summary>Length of one side; 0 where there is no such tensor or side.</summary>
    public int Side(string name, int axis) =>
        _shapes.TryGetValue(name, out var shape) && axis < shape.Length ? (int)Math.Min(shape[axis], int.MaxValue) : 0;

    public long[] Shape(string name) => _shapes[name];

    /// <summary>Name in the file.</summary>
    public string Theirs(string name) => _theirs.GetValueOrDefault(name, name);

    /// <summary>Loads as float32. The caller disposes it.</summary>
    public Tensor Load(string name) => _source.Load(_theirs[name]);

    /// <summary>Adds a problem where the configuration says something else than the tensors.</summary>
    /// <param name="what">Of what, with its article.</param>
    /// <param name="said">By the configuration; null where it says nothing.</param>
    /// <param name="held">By the tensors.</param>
    public void Agree<T>(string what, T? said, T held) where T : struct, IEquatable<T>
    {
        if (said is { } value && !value.Equals(held))
            Problems.Add($"config.json says {what} of {value}, the tensors have {held}.");
    }

    /// <summary>Adds a problem where the configuration's list differs from that of the tensors.</summary>
    public void Agree(string what, IReadOnlyList<int>? said, IReadOnlyList<int> held)
    {
        if (said is not null && !said.SequenceEqual(held))
            Problems.Add($"config.json says {what} of [{string.Join(", ", said)}], "
                + $"the tensors have [{string.Join(", ", held)}].");
    }

    /// <summary>Number of blocks below a stem: one more than the largest number.</summary>
    public int Depth(string stem) => Names.Where(n => n.StartsWith(stem, StringComparison.Ordinal))
        .Select(n => int.TryParse(n.AsSpan(stem.Length, n.IndexOf('.', stem.Length) - stem.Length), out var i) ? i + 1 : 0)
        .DefaultIfEmpty(0).Max();
}
