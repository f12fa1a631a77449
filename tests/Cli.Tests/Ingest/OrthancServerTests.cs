using MoodStream.Cli.Ingest;
using MoodStream.Mood.Imaging;
using MoodStream.TestKit;

namespace MoodStream.CliTests.Ingest;

/// <summary>A series, sent by dcmtk's storescu to a real Orthanc, goes on to the gateway: rendered, under its series, and nothing of the patient.</summary>
public sealed class OrthancServerTests : IDisposable
{
    private const string Series = "1.2.826.0.1.3680043.8.498.7", Patient = "Doe^Jane";
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_ASeriesThenAnother_EveryImageOnceAndNoPatient()
    {
        var orthanc = LoopbackServer.Require("Orthanc", "Debian: orthanc");
        foreach (var tool in new[] { "storescu", "img2dcm" }) LoopbackServer.Require(tool, "Debian: dcmtk");
        var (http, dicom) = (LoopbackPorts.Free(), LoopbackPorts.Free());
        using var server = await LoopbackServer.StartAsync(http, orthanc, Configuration(http, dicom));
        using var gateway = new FakeGateway();
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{http}/") };
        var tally = new IngestTally(TextWriter.Null);

        await StoreAsync(dicom, [1, 2, 3]);
        await FollowAsync(client, gateway, tally, until: 3);
        await StoreAsync(dicom, [4, 5]);
        await FollowAsync(client, gateway, tally, until: 5);      // anew, from its state

        var result = tally.Result;
        Assert.Equal((5, 5, 0, 0), (result.Read, result.Taken, result.Refused, result.Dropped));
        Assert.All(gateway.Taken, t => Assert.Equal($"/v1/sources/{Series}/images", t.Path));
        Assert.Equal(5, gateway.Taken.Select(t => t.ImageId).Distinct().Count());
        Assert.All(gateway.Taken, t =>
        {
            var image = ImageDecoder.Decode(t.Bytes, new()).Image!;
            Assert.Equal((64, 48), (image.Width, image.Height));
            Assert.DoesNotContain(Patient, System.Text.Encoding.Latin1.GetString(t.Bytes), StringComparison.Ordinal);
        });
    }

    /// <summary>Follows the changes until so many images were taken, and stops in order.</summary>
    private async Task FollowAsync(HttpClient client, FakeGateway gateway, IngestTally tally, int until)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var following = new OrthancFeed(client, _folder.State, gateway.Client(), tally, TimeProvider.System).RunAsync(TimeSpan.FromMilliseconds(50), stop.Token);
        await Eventually.HoldsAsync(() => following.IsCompleted || (tally.Result.Taken >= until && StateIsWritten()), $"{until} images are taken");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);

        bool StateIsWritten() => File.Exists(_folder.State.FullName)
            && long.Parse(IngestState.Read(_folder.State, client.BaseAddress!.ToString()).Cursor!) >= until;
    }

    private async Task StoreAsync(int port, int[] numbers)
    {
        var files = new List<string>();
        foreach (var number in numbers)
        {
            var (jpeg, file) = (Path.Combine(_folder.Path, $"{number}.jpg"), Path.Combine(_folder.Path, $"{number}.dcm"));
            await File.WriteAllBytesAsync(jpeg, ImageEncoder.Jpeg(Picture(number), 90), TestContext.Current.CancellationToken);
            await LoopbackServer.RunAsync("img2dcm", "-k", $"SeriesInstanceUID={Series}", "-k", "StudyInstanceUID=1.2.826.0.1.3680043.8.498.6",
                "-k", $"PatientName={Patient}", "-k", $"InstanceNumber={number}", jpeg, file);
            files.Add(file);
        }
        await LoopbackServer.RunAsync("storescu", ["-xy", "127.0.0.1", $"{port}", .. files]);        // as JPEG, which they are
    }

    private string Configuration(int http, int dicom)
    {
        var (file, store) = (Path.Combine(_folder.Path, "orthanc.json"), Path.Combine(_folder.Path, "orthanc"));
        File.WriteAllText(file, $$"""
            {"HttpPort": {{http}}, "DicomPort": {{dicom}}, "StorageDirectory": "{{store}}", "IndexDirectory": "{{store}}", "Plugins": [],
             "RemoteAccessAllowed": false, "AuthenticationEnabled": false, "DicomCheckCalledAet": false, "DicomAlwaysAllowStore": true}
            """);
        return file;
    }

    private static RgbImage Picture(int number) => new(64, 48, [.. Enumerable.Range(0, 64 * 48 * 3).Select(i => (byte)(i / 3 % 64 * 3 + number * 10))]);
}
