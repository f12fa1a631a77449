using MoodStream.Cli.Ingest;
using MoodStream.Cli.Terminal;

namespace MoodStream.CliTests.Ingest;

/// <summary>Trees and watched folders: every image once, in order, from where it stopped.</summary>
public sealed class FolderIngestTests
{
    private static readonly string[] Tree =
        ["a.jpg", "a/1.png", "a/2.JPG", "a/b/3.webp", "a0.bmp", "b/10.gif", "b/9.jpeg", "z.png"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Files_OfATree_AreItsImagesInTheOrderOfTheirNames()
    {
        using var folder = new Folder().With([.. Tree, "notes.txt", "b/list.csv"]);

        Assert.Equal(["a/1.png", "a/2.JPG", "a/b/3.webp", "a.jpg", "a0.bmp", "b/10.gif", "b/9.jpeg", "z.png"], TreeWalk.Files(folder.Path));
    }

    [Fact]
    public void Files_AfterAnyFile_AreThoseBehindIt()
    {
        using var folder = new Folder().With(Tree);
        var all = TreeWalk.Files(folder.Path).ToList();

        for (var i = 0; i < all.Count; i++) Assert.Equal(all[(i + 1)..], TreeWalk.Files(folder.Path, all[i]));
    }

    [Fact]
    public void Files_AfterOneThatHasGone_GoOnWhereItWas()
    {
        using var folder = new Folder().With(Tree);
        File.Delete(Path.Combine(folder.Path, "a/2.JPG"));

        Assert.Equal(["a/b/3.webp", "a.jpg", "a0.bmp", "b/10.gif", "b/9.jpeg", "z.png"], TreeWalk.Files(folder.Path, "a/2.JPG"));
    }

    [Theory]
    [InlineData("/data/line 7", "x.png", "line-7")]
    [InlineData("/data/line", "cam 1/ä/x.png", "cam-1.-")]
    [InlineData("/data/line", "../x/y.png", "x")]
    [InlineData("/", "x.png", "folder")]
    public void SourceOf_AFile_IsItsFolderAsASourceId(string root, string path, string source) =>
        Assert.Equal(source, ImageFile.SourceOf(root, path));

    [Fact]
    public void ImageId_OfAFile_ChangesWithWhatItIsAndNothingElse()
    {
        var file = new ImageFile("a.jpg", 3, DateTime.UnixEpoch);

        Assert.Equal(file.ImageId("belt"), new ImageFile("a.jpg", 3, DateTime.UnixEpoch).ImageId("belt"));
        Assert.Equal(5, new[]
        {
            file.ImageId("belt"), file.ImageId("other"), (file with { Path = "b.jpg" }).ImageId("belt"), (file with { SizeBytes = 4 }).ImageId("belt"),
            (file with { Changed = DateTime.UnixEpoch.AddSeconds(1) }).ImageId("belt"),
        }.Distinct().Count());
    }

    [Fact]
    public async Task Tree_StoppedHalfway_GoesOnThereAndSendsEveryFile()
    {
        using var folder = new Folder().With(Tree);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var gateway = new FakeGateway();
        gateway.Answer = n =>
        {
            if (n == 4) stop.Cancel();
            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ingest(folder, gateway, new IngestTally(TextWriter.Null)).RunAsync(1, stop.Token));
        var first = gateway.Taken.Count;
        var tally = new IngestTally(TextWriter.Null);
        await Ingest(folder, gateway, tally).RunAsync(3, Cancellation);

        Assert.InRange(first, 4, 5);
        Assert.InRange(tally.Result.Read, 3, 4);
        Assert.Equal(Tree.Order(), gateway.Taken.Select(t => System.Text.Encoding.UTF8.GetString(t.Bytes)).Distinct().Order());
        Assert.Equal(8, gateway.Taken.Select(t => t.ImageId).Distinct().Count());
    }

    [Fact]
    public async Task Tree_FinishedBefore_SendsOnlyWhatCameBehind()
    {
        using var folder = new Folder().With(Tree);
        using var gateway = new FakeGateway();
        await Ingest(folder, gateway, new IngestTally(TextWriter.Null)).RunAsync(2, Cancellation);
        folder.With("zz.png");
        await Ingest(folder, gateway, new IngestTally(TextWriter.Null)).RunAsync(2, Cancellation);

        Assert.Equal(9, gateway.Taken.Count);
    }

    [Fact]
    public async Task Tree_StateOfAnotherFolder_IsRefused()
    {
        using var folder = new Folder().With(Tree);
        using var other = new Folder();
        using var gateway = new FakeGateway();
        new IngestState { Origin = other.Path }.Write(folder.State);

        var refused = await Assert.ThrowsAsync<CliException>(() => Ingest(folder, gateway, new IngestTally(TextWriter.Null)).RunAsync(1, Cancellation));
        Assert.Contains(other.Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_AFileThatGrows_IsSentOnceWhole()
    {
        using var folder = new Folder().With("a.jpg");
        using var gateway = new FakeGateway();
        var (watch, done) = (Watch(folder, gateway), new Dictionary<string, string>());

        await watch.LookAsync(done, 2, Cancellation);
        folder.Write("a.jpg", "more than before");
        await watch.LookAsync(done, 2, Cancellation);
        Assert.Empty(gateway.Taken);
        await watch.LookAsync(done, 2, Cancellation);
        await watch.LookAsync(done, 2, Cancellation);

        Assert.Equal("more than before"u8.ToArray(), Assert.Single(gateway.Taken).Bytes);
    }

    [Fact]
    public async Task Watch_AFileWrittenAnew_IsANewImage()
    {
        using var folder = new Folder().With("a.jpg");
        using var gateway = new FakeGateway();
        var (watch, done) = (Watch(folder, gateway), new Dictionary<string, string>());

        for (var i = 0; i < 2; i++) await watch.LookAsync(done, 2, Cancellation);
        folder.Write("a.jpg", "another picture");
        for (var i = 0; i < 2; i++) await watch.LookAsync(done, 2, Cancellation);

        Assert.Equal(2, gateway.Taken.Select(t => t.ImageId).Distinct().Count());
    }

    [Fact]
    public async Task Watch_StartedAgain_DoesNotSendWhatIsDone()
    {
        using var folder = new Folder().With("a.jpg", "b.jpg");
        using var gateway = new FakeGateway();
        var (first, done) = (Watch(folder, gateway), new Dictionary<string, string>());
        for (var i = 0; i < 2; i++) await first.LookAsync(done, 2, Cancellation);
        File.Delete(Path.Combine(folder.Path, "b.jpg"));

        var (second, remembered) = (Watch(folder, gateway), new Dictionary<string, string>(IngestState.Read(folder.State, folder.Path).Done));
        for (var i = 0; i < 2; i++) await second.LookAsync(remembered, 2, Cancellation);

        Assert.Equal(2, gateway.Taken.Count);
        Assert.Equal(["a.jpg"], IngestState.Read(folder.State, folder.Path).Done.Keys);
    }

    private static TreeIngest Ingest(Folder folder, FakeGateway gateway, IngestTally tally) =>
        new(folder.Path, folder.State, new FileSender(folder.Path, "belt-1", gateway.Client(), tally));

    private static FolderWatch Watch(Folder folder, FakeGateway gateway) => new(
        folder.Path, folder.State, new FileSender(folder.Path, "belt-1", gateway.Client(), new IngestTally(TextWriter.Null)), TimeProvider.System);
}
