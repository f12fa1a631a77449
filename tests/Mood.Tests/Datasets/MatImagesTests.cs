using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MoodStream.Mood.Datasets;

namespace MoodStream.MoodTests.Datasets;

/// <summary>SVHN's MATLAB files, written by hand after the format's description.</summary>
public sealed class MatImagesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_TwoImages_HaveTheirLabelsAndPixels(bool packed)
    {
        var set = DatasetName.Open("mat:" + Write(Element("X", packed, Values(2 * 3 * 3 * 2), 2, 3, 3, 2), Element("y", packed, [10, 7], 2, 1)));
        Assert.Equal((2, 0, 7, 10), (set.Count, set.LabelOf(0), set.LabelOf(1), set.ClassNames.Count));
        var image = set.Read(1).Image!;
        Assert.Equal((3, 2), (image.Width, image.Height));
        // Row 1, column 2, channel c of image 1 is value 1 + 2·2 + 6·c + 18·1.
        Assert.Equal([23, 29, 35], image.Pixels[(3 * (1 * 3 + 2))..]);
    }

    [Fact]
    public void Open_ShortElements_AreRead()
    {
        // Names and values of up to 4 bytes stand in the tag itself.
        var set = DatasetName.Open("mat:" + Write(Element("X", false, [1, 2, 3], 1, 1, 3, 1), Element("y", false, [3], 1, 1)));
        Assert.Equal([1, 2, 3], set.Read(0).Image!.Pixels);
    }

    [Fact]
    public void Open_WhatDoesNotFit_SaysWhat()
    {
        Assert.Contains("no little-endian MATLAB 5 file", Problem(new byte[200]), StringComparison.Ordinal);
        Assert.Contains("both X and y", Problem(File.ReadAllBytes(Write(Element("y", true, [1], 1, 1)))), StringComparison.Ordinal);
        Assert.Contains("has 2 values", Problem(Bytes(1, [1, 2])), StringComparison.Ordinal);
        Assert.Contains("label 0 is 11", Problem(Bytes(1, [11])), StringComparison.Ordinal);
        Assert.Contains("is damaged", Problem(Bytes(1, [3])[..^5]), StringComparison.Ordinal);

        byte[] Bytes(int images, byte[] labels) => File.ReadAllBytes(Write(
            Element("X", true, Values(12 * images), 2, 2, 3, images), Element("y", true, labels, labels.Length, 1)));
    }

    /// <summary>Damage anywhere is an error of the data set or another image, never another exception.</summary>
    [Fact]
    public void Open_Mutated_NeverCrashes()
    {
        var whole = File.ReadAllBytes(Write(Element("X", true, Values(24), 2, 2, 3, 2), Element("y", false, [4, 5], 2, 1)));
        var chance = new Random(5);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var mutant = (byte[])whole.Clone();
            for (var m = 0; m <= chance.Next(3); m++) mutant[chance.Next(mutant.Length)] = (byte)chance.Next(256);
            if (chance.Next(4) == 0) mutant = mutant[..chance.Next(mutant.Length)];
            try
            {
                DatasetName.Open("mat:" + WriteBytes(mutant));
            }
            catch (DatasetException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 200, 1999);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Problem(byte[] file) =>
        Assert.Throws<DatasetException>(() => DatasetName.Open("mat:" + WriteBytes(file))).Message;

    private string Write(params byte[][] elements)
    {
        var header = new byte[128];
        (header[125], header[126], header[127]) = (1, (byte)'I', (byte)'M');
        return WriteBytes([.. header, .. elements.SelectMany(e => e)]);
    }

    private string WriteBytes(byte[] bytes)
    {
        var path = Path.Combine(_folder, "a.mat");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static byte[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)i)];

    private static byte[] Element(string name, bool packed, byte[] values, params int[] sides)
    {
        byte[] matrix = Tagged(14,
        [
            .. Tagged(6, [9, 0, 0, 0, 0, 0, 0, 0]), .. Tagged(5, [.. sides.SelectMany(BitConverter.GetBytes)]),
            .. Tagged(1, Encoding.ASCII.GetBytes(name)), .. Tagged(2, values),
        ]);
        if (!packed) return matrix;
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(matrix);
        return [.. Tag(15, (int)stream.Length), .. stream.ToArray()];
    }

    private static byte[] Tagged(int type, byte[] content)
    {
        if (content.Length is > 0 and <= 4)
            return [(byte)type, 0, (byte)content.Length, 0, .. content, .. new byte[4 - content.Length]];
        return [.. Tag(type, content.Length), .. content, .. new byte[(8 - content.Length % 8) % 8]];
    }

    private static byte[] Tag(int type, int size)
    {
        var tag = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tag, type);
        BinaryPrimitives.WriteInt32LittleEndian(tag.AsSpan(4), size);
        return tag;
    }
}
