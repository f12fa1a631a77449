using Amazon.S3;
using Amazon.S3.Model;
using MoodStream.Cli.Ingest;
using MoodStream.Streaming.Images;
using MoodStream.Streaming.Telemetry;
using MoodStream.TestKit;

namespace MoodStream.CliTests.Ingest;

/// <summary>Images below a prefix of a real S3-compatible server (s3rver), and claim-checks that lead into its buckets.</summary>
public sealed class S3IngestTests : IDisposable
{
    private const string Bucket = "archive", Elsewhere = "private";
    private readonly Folder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public S3IngestTests()
    {
        // What s3rver knows as its user; the SDK looks for credentials here.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_APrefixInTwoGos_SendsEveryImageOnceAndNothingElse()
    {
        var (server, endpoint) = await ServerAsync();
        using var running = server;
        using var s3 = S3Clients.Create(endpoint, "us-east-1");
        using var gateway = new FakeGateway();
        var tally = new IngestTally(TextWriter.Null);
        string[] first = ["line-3/a/1.jpg", "line-3/a/2.jpg", "line-3/b/1.png"];
        foreach (var key in first.Append("line-3/readme.txt").Append("line-4/1.jpg")) await PutAsync(s3, key);

        await IngestAsync(s3, gateway, tally);
        await PutAsync(s3, "line-3/c/1.jpg");
        await IngestAsync(s3, gateway, tally);                                                      // goes on behind the last

        Assert.Equal((4, 4, 0, 0), (tally.Result.Read, tally.Result.Taken, tally.Result.Refused, tally.Result.Dropped));
        Assert.Equal(first.Append("line-3/c/1.jpg").Order(StringComparer.Ordinal),
            gateway.Taken.Select(t => System.Text.Encoding.UTF8.GetString(t.Bytes)).Order(StringComparer.Ordinal));
        Assert.Equal(["line-3.a", "line-3.b", "line-3.c"], gateway.Taken.Select(t => t.Path.Split('/')[3]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Store_PutThenRead_IsTheSameUnderAReferenceOfItsContent()
    {
        var (server, endpoint) = await ServerAsync();
        using var running = server;
        using var store = Store(endpoint);
        var bytes = new byte[300_000];
        new Random(5).NextBytes(bytes);

        var reference = await store.PutAsync(bytes, Cancellation);

        Assert.Equal($"s3://{Bucket}/images/{ImageReference.Of(bytes)}", reference);
        Assert.Equal(reference, await store.PutAsync(bytes, Cancellation));
        Assert.Equal(bytes, (await store.ReadAsync(reference, bytes.Length, Cancellation)).Bytes);
        Assert.Equal(ImageStoreFault.TooManyBytes, (await store.ReadAsync(reference, bytes.Length - 1, Cancellation)).Fault);
        Assert.Null(await store.ProbeAsync(Cancellation));
    }

    [Theory]
    [InlineData("s3://archive/images/none.jpg", ImageStoreFault.NotFound)]
    [InlineData("s3://private/secret.jpg", ImageStoreFault.Refused)]
    [InlineData("s3://archive", ImageStoreFault.Refused)]
    [InlineData("s3:///key", ImageStoreFault.Refused)]
    [InlineData("https://archive/key", ImageStoreFault.Refused)]
    public async Task Store_AReferenceThatLeadsNowhereOrElsewhere_GivesNoBytes(string reference, ImageStoreFault fault)
    {
        var (server, endpoint) = await ServerAsync();
        using var running = server;
        using var s3 = S3Clients.Create(endpoint, "us-east-1");
        await s3.PutObjectAsync(new() { BucketName = Elsewhere, Key = "secret.jpg", ContentBody = "secret", UseChunkEncoding = false }, Cancellation);
        using var store = Store(endpoint);

        Assert.Equal(fault, (await store.ReadAsync(reference, 1_000, Cancellation)).Fault);
    }

    [Fact]
    public async Task Store_NobodyThere_ThrowsIOExceptionAndSaysSoWhenProbed()
    {
        using var store = Store(new($"http://127.0.0.1:{LoopbackPorts.Free()}"));

        await Assert.ThrowsAsync<IOException>(() => store.ReadAsync($"s3://{Bucket}/key", 10, Cancellation));
        Assert.Contains(Bucket, await store.ProbeAsync(Cancellation), StringComparison.Ordinal);
    }

    private Task IngestAsync(IAmazonS3 s3, FakeGateway gateway, IngestTally tally)
    {
        var place = new S3Address(Bucket, "line-3/");
        return new S3Ingest(s3, place, _folder.State, new S3Sender(s3, place, null, gateway.Client(), tally)).RunAsync(2, Cancellation);
    }

    private async Task<(LoopbackServer Server, Uri Endpoint)> ServerAsync()
    {
        var program = LoopbackServer.Require("s3rver", "npm install --global s3rver");
        var port = LoopbackPorts.Free();
        var server = await LoopbackServer.StartAsync(port, program, "--address", "127.0.0.1", "--port", $"{port}", "--directory", _folder.Path,
            "--configure-bucket", Bucket, "--configure-bucket", Elsewhere);
        return (server, new($"http://127.0.0.1:{port}"));
    }

    private static S3ImageStore Store(Uri endpoint) => new(
        new() { S3 = new() { Bucket = Bucket, Prefix = "images/", Endpoint = endpoint } },
        new StreamingMetrics(Prometheus.Metrics.NewCustomRegistry()),
        Microsoft.Extensions.Logging.Abstractions.NullLogger<S3ImageStore>.Instance);

    private static Task<PutObjectResponse> PutAsync(AmazonS3Client s3, string key) =>
        s3.PutObjectAsync(new() { BucketName = Bucket, Key = key, ContentBody = key, UseChunkEncoding = false }, Cancellation);
}
