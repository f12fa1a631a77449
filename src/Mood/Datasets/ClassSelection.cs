using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>A labelled data set without some of its classes; those that stay are numbered anew, in their old order.</summary>
public sealed class ClassSelection : IImageDataset
{
    private readonly IImageDataset _whole;
    private readonly int[] _images;
    private readonly Dictionary<int, int> _numbers;

    private ClassSelection(IImageDataset whole, HashSet<int> excluded)
    {
        _whole = whole;
        var kept = Enumerable.Range(0, whole.ClassNames.Count).Where(c => !excluded.Contains(c)).ToArray();
        _numbers = kept.Select((old, now) => (old, now)).ToDictionary(c => c.old, c => c.now);
        _images = [.. Enumerable.Range(0, whole.Count).Where(i => _numbers.ContainsKey(whole.LabelOf(i)!.Value))];
        ClassNames = [.. kept.Select(c => whole.ClassNames[c])];
        Name = $"{whole.Name} without {excluded.Count} of {whole.ClassNames.Count} classes";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _images.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Leaves classes out.</summary>
    /// <param name="whole">A labelled data set.</param>
    /// <param name="excluded">Names of the classes to leave out.</param>
    /// <exception cref="DatasetException">There are no labels, a name is no class, or no image is left.</exception>
    public static ClassSelection Without(IImageDataset whole, IEnumerable<string> excluded)
    {
        if (whole.ClassNames.Count == 0) throw new DatasetException($"{whole.Name} has no classes, so none can be left out.");
        var numbers = whole.ClassNames.Select((name, number) => (name, number)).ToDictionary(c => c.name, c => c.number);
        string[] names = [.. excluded.Distinct()];
        var unknown = names.Where(n => !numbers.ContainsKey(n)).ToArray();
        if (unknown.Length > 0) throw new DatasetException($"{whole.Name} has no class {string.Join(", ", unknown)}, so it cannot be left out.");
        var selection = new ClassSelection(whole, [.. names.Select(n => numbers[n])]);
        return selection.Count > 0 ? selection : throw new DatasetException($"{whole.Name} has no image in any other class.");
    }

    /// <summary>Class names listed in a file: the first word of each line that is not empty.</summary>
    /// <exception cref="DatasetException">The file is missing or cannot be read.</exception>
    public static IReadOnlyList<string> ReadNames(string path) =>
        [.. System.Text.Encoding.UTF8.GetString(DatasetFiles.ReadAll(path)).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split([' ', '\t'], 2)[0])];

    /// <inheritdoc/>
    public int? LabelOf(int index) => _numbers[_whole.LabelOf(_images[index])!.Value];

    /// <inheritdoc/>
    public string IdOf(int index) => _whole.IdOf(_images[index]);

    /// <inheritdoc/>
    public Decoded Read(int index, ResizeRule? shrinkTo = null) => _whole.Read(_images[index], shrinkTo);

    /// <inheritdoc/>
    public byte[] ReadEncoded(int index) => _whole.ReadEncoded(_images[index]);

    /// <inheritdoc/>
    public void AppendContent(IncrementalHash hash)
    {
        _whole.AppendContent(hash);
        hash.AppendData(MemoryMarshal.AsBytes<int>(_images));
    }
}
