using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>The images of CIFAR-100 with the 20 superclasses as their classes, as in the paper's one-class
/// protocol.</summary>
/// <remarks>Source: Krizhevsky 2009; Li et al. 2023, section 4.</remarks>
public sealed class SuperclassLabels : IImageDataset
{
    private readonly IImageDataset _fine;
    private readonly int[] _superclasses;

    private SuperclassLabels(IImageDataset fine, int[] superclasses) =>
        (_fine, _superclasses, Name) = (fine, superclasses, $"{fine.Name} by superclass");

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _fine.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => Cifar100.SuperclassNames;

    /// <summary>Groups the classes of a set by superclass.</summary>
    /// <param name="fine">
    /// Images of CIFAR-100: classes of its names, or 100 classes without names in the official order.
    /// </param>
    /// <exception cref="DatasetException">The classes are not those of CIFAR-100.</exception>
    public static SuperclassLabels Of(IImageDataset fine)
    {
        var named = fine.ClassNames.Select(Cifar100.SuperclassOf).ToArray();
        if (named.Length > 0 && !named.Contains(null)) return new(fine, [.. named.Select(n => n!.Value)]);
        if (fine is CifarBinary && named.Length == Cifar100.ClassNames.Count && named.All(n => n is null))
            return new(fine, [.. Cifar100.ClassNames.Select(n => Cifar100.SuperclassOf(n)!.Value)]);
        var foreign = fine.ClassNames.Where((_, i) => named[i] is null).Take(3).ToArray();
        throw new DatasetException(foreign.Length == 0
            ? $"{fine.Name} has no classes, so they have no superclasses."
            : $"{fine.Name} has {named.Length} classes, among them {string.Join(", ", foreign)}, "
              + "which CIFAR-100 does not have: there are no superclasses to group them by.");
    }

    /// <inheritdoc/>
    public int? LabelOf(int index) => _superclasses[_fine.LabelOf(index)!.Value];

    /// <inheritdoc/>
    public string IdOf(int index) => _fine.IdOf(index);

    /// <inheritdoc/>
    public Decoded Read(int index, ResizeRule? shrinkTo = null) => _fine.Read(index, shrinkTo);

    /// <inheritdoc/>
    public byte[] ReadEncoded(int index) => _fine.ReadEncoded(index);

    /// <inheritdoc/>
    public void AppendContent(IncrementalHash hash)
    {
        _fine.AppendContent(hash);
        hash.AppendData(MemoryMarshal.AsBytes<int>(_superclasses));
    }
}
