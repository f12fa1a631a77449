using MoodStream.Cli.Ingest;

namespace MoodStream.CliTests.Ingest;

/// <summary>Pictures cut from a stream, with bytes written by hand after ISO/IEC 10918-1, B.1.1.</summary>
public sealed class JpegSplitterTests
{
    // A segment that holds an end marker, a scan with a stuffed byte and a restart marker, and two fill bytes before the end.
    private static readonly byte[] Picture =
    [
        0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x05, 0xFF, 0xD9, 0x00, 0xFF, 0xDA, 0x00, 0x03, 0x01,
        0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD3, 0x56, 0xFF, 0xFF, 0xD9,
    ];

    private static readonly byte[] Smallest = [0xFF, 0xD8, 0xFF, 0xD9];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void Take_PiecesOfAnySize_GiveThePicturesAsTheyWere(int piece)
    {
        var splitter = new JpegSplitter();
        var found = new List<byte[]>();
        foreach (var bytes in Picture.Concat(Smallest).Concat(Picture).Chunk(piece))
        {
            splitter.Add(bytes);
            while (splitter.Take() is { } picture) found.Add(picture);
        }

        Assert.Equal([Picture, Smallest, Picture], found);
        Assert.Equal(0, splitter.Pending);
    }

    [Fact]
    public void Take_APictureThatHasNotEnded_Waits()
    {
        var splitter = new JpegSplitter();
        splitter.Add(Picture.AsSpan(0, Picture.Length - 1));

        Assert.Null(splitter.Take());
        Assert.Equal(Picture.Length - 1, splitter.Pending);
    }

    [Fact]
    public void Take_SomethingElse_IsRefused()
    {
        var splitter = new JpegSplitter();
        splitter.Add("RIFF"u8);

        Assert.Throws<InvalidDataException>(() => splitter.Take());
    }

    [Fact]
    public void Add_MoreThanAPictureMayHave_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => new JpegSplitter(maxBytes: 8).Add(Picture));
}
