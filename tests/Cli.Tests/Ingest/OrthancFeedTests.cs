using System.Net;
using System.Text;
using MoodStream.Cli.Ingest;
using MoodStream.Cli.Terminal;

namespace MoodStream.CliTests.Ingest;

/// <summary>The change feed of an Orthanc, with answers as its REST API gives them.</summary>
public sealed class OrthancFeedTests
{
    private const string Changes = """
        {"Changes": [
            {"ChangeType": "NewInstance", "ID": "one", "Path": "/instances/one", "ResourceType": "Instance", "Seq": 11},
            {"ChangeType": "NewSeries", "ID": "s", "Path": "/series/s", "ResourceType": "Series", "Seq": 12},
            {"ChangeType": "NewInstance", "ID": "many", "Path": "/instances/many", "ResourceType": "Instance", "Seq": 13},
            {"ChangeType": "NewInstance", "ID": "deleted", "Path": "/instances/deleted", "ResourceType": "Instance", "Seq": 14}],
         "Done": true, "Last": 14}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TakeChanges_NewInstances_SendsEveryFrameWithItsSeriesAsSource()
    {
        using var gateway = new FakeGateway();
        using var orthanc = new FakeOrthanc();
        var tally = new IngestTally(TextWriter.Null);

        var (last, done) = await Feed(orthanc, gateway, tally).TakeChangesAsync("10", Cancellation);

        Assert.Equal(("14", true), (last, done));
        Assert.Equal(
            ["/v1/sources/1.2.840.1/images one/0", "/v1/sources/1.2.840.2/images many/0", "/v1/sources/1.2.840.2/images many/1"],
            gateway.Taken.Select(t => $"{t.Path} {Encoding.UTF8.GetString(t.Bytes)}"));
        Assert.Equal(["1.2.840.9", null, null], gateway.Taken.Select(t => t.Subject));
        Assert.Equal((3, 3), (tally.Result.Read, tally.Result.Taken));
        Assert.Contains("/changes?since=10&limit=100", orthanc.Asked);
    }

    [Fact]
    public async Task TakeChanges_Repeated_RepeatsTheImageIds()
    {
        using var gateway = new FakeGateway();
        using var orthanc = new FakeOrthanc();
        var feed = Feed(orthanc, gateway, new IngestTally(TextWriter.Null));
        await feed.TakeChangesAsync("10", Cancellation);
        await feed.TakeChangesAsync("10", Cancellation);

        Assert.Equal(3, gateway.Taken.Select(t => t.ImageId).Distinct().Count());
    }

    [Fact]
    public async Task TakeChanges_NotAnOrthanc_SaysSo()
    {
        using var gateway = new FakeGateway();
        using var orthanc = new FakeOrthanc { Missing = true };

        var refused = await Assert.ThrowsAsync<CliException>(
            () => Feed(orthanc, gateway, new IngestTally(TextWriter.Null)).TakeChangesAsync("0", Cancellation));
        Assert.Contains("http://orthanc/changes", refused.Message, StringComparison.Ordinal);
    }

    private static OrthancFeed Feed(FakeOrthanc orthanc, FakeGateway gateway, IngestTally tally) =>
        new(new HttpClient(orthanc, disposeHandler: false) { BaseAddress = new("http://orthanc/") }, null, gateway.Client(), tally, TimeProvider.System);

    private sealed class FakeOrthanc : HttpMessageHandler
    {
        public bool Missing { get; init; }

        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.PathAndQuery;
            Asked.Add(path);
            var body = Missing ? null : Body(path);
            return Task.FromResult(body is null ? new HttpResponseMessage(HttpStatusCode.NotFound) : new(HttpStatusCode.OK) { Content = new StringContent(body) });
        }

        private static string? Body(string path) => path.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["changes"] => Changes,
            ["instances", "one", "content", "0020-000e"] => "1.2.840.1\0",
            ["instances", "one", "content", "0020-000d"] => "1.2.840.9\0",
            ["instances", "many", "content", "0020-000e"] => "1.2.840.2\0",
            ["instances", "many", "content", "0028-0008"] => "2 ",
            ["instances", var instance, "frames", var frame, "rendered"] => $"{instance}/{frame}",
            _ => null,
        };
    }
}
