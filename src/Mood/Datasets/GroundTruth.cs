using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets;

/// <summary>Where the ground truth of a folder of test images lies.</summary>
/// <param name="Root">Folder of the masks.</param>
/// <param name="Pairs">Table of pairs, image,mask; null where the names of MVTec AD say which mask belongs to which
/// image.</param>
/// <param name="IdClass">
/// Class folder of the in-distribution images; null for <c>good</c>, or the only one without a mask.
/// </param>
public sealed record GroundTruthPlace(string Root, string? Pairs = null, string? IdClass = null);

/// <summary>The masks of a folder of test images: which pixels are out-of-distribution.</summary>
/// <remarks>
/// Source: the layout of MVTec AD (Bergmann et al. 2021): <c>CLASS/NAME.png</c> has its mask at
/// <c>CLASS/NAME_mask.png</c>, and images of the class <c>good</c> have none.
/// Thread-safety: reading from several threads is safe.
/// </remarks>
public sealed class GroundTruth
{
    /// <summary>Name of the in-distribution class in MVTec AD.</summary>
    public const string UsualIdClass = "good";

    private const int LeastOfMask = 128;          // masks that were resized have grey edges

    private readonly string?[] _masks;

    private GroundTruth(string?[] masks, string idClass) => (_masks, IdClass) = (masks, idClass);

    /// <summary>Class folder of the in-distribution images.</summary>
    public string IdClass { get; }

    /// <summary>Finds the mask of every image.</summary>
    /// <param name="images">Test images in class folders, one of them in-distribution.</param>
    /// <param name="place">Where the masks lie.</param>
    /// <exception cref="DatasetException">A mask is missing, an in-distribution image has one, or it is not clear which
    /// class is in-distribution; the message names what.</exception>
    public static GroundTruth Open(ImageFolder images, GroundTruthPlace place)
    {
        if (!Directory.Exists(place.Root))
            throw new DatasetException($"{place.Root}: there is no such folder of masks.");
        if (images.ClassNames.Count < 2)
            throw new DatasetException(
                $"{images.Root} has no class folders: one of in-distribution images and others are wanted.");
        var wanted = place.Pairs is null ? ByName(images) : ByPairs(images, place.Pairs);
        var masks = wanted.Select(m => m is null ? null : Path.Combine(place.Root, m)).ToArray();
        var found = masks.Select(m => m is not null && File.Exists(m)).ToArray();
        if (!found.Contains(true)) throw new DatasetException(Missing(images, place, 0, masks));
        var idClass = IdClassOf(images, place, found);
        for (var i = 0; i < masks.Length; i++)
        {
            var id = images.ClassNames[images.LabelOf(i)!.Value] == idClass;
            if (id && found[i])
                throw new DatasetException(
                    $"{images.IdOf(i)} is of the in-distribution class '{idClass}', yet has the mask {masks[i]}.");
            if (!id && !found[i]) throw new DatasetException(Missing(images, place, i, masks));
            if (id) masks[i] = null;
        }
        return new GroundTruth(masks, idClass);
    }

    /// <summary>Path of the mask of an image; null for an in-distribution image.</summary>
    public string? MaskOf(int index) => _masks[index];

    /// <summary>Reads the mask of an image.</summary>
    /// <param name="index">Number of the image.</param>
    /// <param name="width">Width of the decoded image, in pixels.</param>
    /// <param name="height">Height of the decoded image, in pixels.</param>
    /// <returns>Whether each pixel is out-of-distribution (a grey value of at least 128), row by row, [H·W]; null for
    /// an in-distribution image.</returns>
    /// <exception cref="DatasetException">The mask cannot be decoded, has another size, or marks no pixel.</exception>
    public bool[]? Read(int index, int width, int height)
    {
        if (_masks[index] is not { } path) return null;
        var decoded = ImageDecoder.Decode(DatasetFiles.ReadAll(path), DecodeSettings.Default);
        if (decoded.Image is not { } mask)
            throw new DatasetException($"{path} cannot be decoded: {decoded.Detail ?? decoded.Fault.ToString()}");
        if (mask.Width != width || mask.Height != height)
            throw new DatasetException($"{path} has {mask.Width} x {mask.Height} pixels, its image {width} x {height}.");
        var marked = new bool[width * height];
        for (var i = 0; i < marked.Length; i++) marked[i] = mask.Pixels[i * RgbImage.Channels] >= LeastOfMask;
        return marked.Contains(true)
            ? marked
            : throw new DatasetException($"{path} marks no pixel: none has a grey value of {LeastOfMask} or more.");
    }

    private static string?[] ByName(ImageFolder images) =>
        [.. Enumerable.Range(0, images.Count).Select(i => NameOfMask(images.RelativePathOf(i)))];

    private static string NameOfMask(string image) =>
        Path.Combine(Path.GetDirectoryName(image)!, Path.GetFileNameWithoutExtension(image) + "_mask.png");

    private static string?[] ByPairs(ImageFolder images, string path)
    {
        var pairs = MaskPairs.Read(path);
        var names = Enumerable.Range(0, images.Count).Select(images.RelativePathOf).ToArray();
        var known = names.ToHashSet(StringComparer.Ordinal);
        return pairs.Keys.FirstOrDefault(k => !known.Contains(k)) is { } unknown
            ? throw new DatasetException($"{path} lists {unknown}, which is no image of {images.Root}.")
            : [.. names.Select(n => pairs.GetValueOrDefault(n))];
    }

    private static string IdClassOf(ImageFolder images, GroundTruthPlace place, bool[] found)
    {
        var classes = images.ClassNames;
        if (place.IdClass is { } named)
            return classes.Contains(named)
                ? named
                : throw new DatasetException(
                    $"{images.Root} has no class folder '{named}'; there are {string.Join(", ", classes)}.");
        if (classes.Contains(UsualIdClass)) return UsualIdClass;
        string[] without = [.. classes.Where(
            (_, c) => !Enumerable.Range(0, images.Count).Any(i => images.LabelOf(i) == c && found[i]))];
        return without.Length == 1
            ? without[0]
            : throw new DatasetException(
                $"{images.Root}: which class is in-distribution? None is called '{UsualIdClass}', and "
                + (without.Length == 0 ? "each has masks."
                    : $"no mask was found for any of {string.Join(", ", without)}.")
                + " Name it with --id-class.");
    }

    private static string Missing(ImageFolder images, GroundTruthPlace place, int index, string?[] masks)
    {
        if (masks[index] is not { } path) return $"{images.IdOf(index)} is not listed in {place.Pairs}.";
        var text = $"{images.IdOf(index)} has no mask: there is no {path}.";
        if (place.Pairs is not null) return text;
        var elsewhere = Directory.EnumerateFiles(place.Root, Path.GetFileName(path), SearchOption.AllDirectories)
            .Count();
        return text + (elsewhere == 0
            ? " Where masks have other names, list which belongs to which with --mask-pairs."
            : $" {elsewhere} masks of that name lie in other folders: list which belongs to which with --mask-pairs.");
    }
}
