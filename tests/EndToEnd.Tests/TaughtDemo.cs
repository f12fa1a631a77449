using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Mood.Imaging;
using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary>A demo on real images: clothes are normal, digits come by now and then, and frogs are put in by HTTP.</summary>
public sealed class TaughtDemo : RunningDemo
{
    private const int Side = 32, Pixels = Side * Side, Record = 1 + 3 * Pixels, Frog = 6;
    private readonly string _sets = Directory.CreateTempSubdirectory("mood-e2e-cifar-").FullName;
    private int _frogs;

    // So few clothes that frogs are a good part of what calibrates, however long the test takes: of a rarer kind, the share that is
    // held back could be as high as the false-alarm rate over its share.
    protected override IEnumerable<string> Traffic =>
        ["--id", $"cifar:{OneClass("fashion_mnist")}", "--ood", $"cifar:{OneClass("mnist")}", "--rate", "10"];

    // No sample of what is accepted: whatever waits for people was held back.
    protected override IEnumerable<string> Settings =>
        ["MoodStream:Audit:Share=0", .. DemoPerson.Settings("ann", "Reviewer", "Operator")];

    /// <summary>Puts further frogs in, and waits until all have been judged.</summary>
    /// <param name="source">Source to put them in as.</param>
    /// <param name="count">How many.</param>
    /// <returns>What became of them.</returns>
    public async Task<IReadOnlyList<ImageScored>> PutFrogsAsync(string source, int count)
    {
        List<string> ids = [.. Enumerable.Range(_frogs, count).Select(i => $"frog-{i}")];
        foreach (var (id, frog) in ids.Zip(Frogs().Skip(_frogs))) await PutAsync(source, id, Png(frog));
        _frogs += count;
        var ends = await EndsOfAsync(ids, record => Scored(record.Topic, record.Message.Value)?.ImageId);
        return [.. ids.Select(id => ends[id].First()).Select(end => Scored(end.Topic, end.Message.Value)!)];
    }

    /// <summary>Waits until a version judges, which the scorers hear of a moment after it has become active.</summary>
    public Task JudgedByAsync(long version) => Eventually.HoldsAsync(
        async () => (await PutFrogsAsync("asking", 1))[0].StatisticsVersion == version, $"version {version} judges", TimeSpan.FromMinutes(1));

    /// <summary>Says of every waiting case of a source that its image is in-distribution.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ReleaseAsync(string source)
    {
        var cases = (await DemoPerson.GetAsync(Http, "ann", $"/v1/review/default/cases?source={source}&limit=200"))
            .GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("caseId").GetString()).ToList();
        if (cases.Count == 0) return 0;
        var answer = await DemoPerson.PostAsync(Http, "ann", "/v1/review/default/decisions", new { caseIds = cases, verdict = "in-distribution" });
        return answer.GetProperty("outcomes").EnumerateArray().Count(o => o.GetProperty("state").GetString() == "decided");
    }

    /// <summary>Waits until the trainer has stored so many decisions, of which it learns a moment after they are made.</summary>
    public Task LearnedAsync(int decisions)
    {
        var partitions = Topics.All.Single(t => t.Name == Topics.Decisions).Partitions;
        return Eventually.HoldsAsync(
            () => CommittedRecords.Offsets(BootstrapServers, Topics.Decisions, partitions, ConsumerGroups.Trainer) >= decisions,
            $"the trainer has learned of {decisions} decisions", TimeSpan.FromMinutes(2));
    }

    /// <summary>Asks for a refit as an operator.</summary>
    /// <returns>The version it made, and whether it is the active one.</returns>
    public Task<(long Version, bool Active)> RefitAsync() => RefitAsync("/v1/operate/gates/default/refits", new { reason = "frogs are welcome" });

    /// <summary>Asks for a refit as the drift monitor does, which no person is behind.</summary>
    /// <returns>The version it made, and whether it is the active one.</returns>
    public Task<(long Version, bool Active)> RefitByItselfAsync() => RefitAsync("/v1/gates/default/refits", new { reason = "frogs drift", by = "drift" });

    private async Task<(long Version, bool Active)> RefitAsync(string path, object body)
    {
        var refit = await EndOfRefitAsync(path, body);
        Assert.True(refit.TryGetProperty("version", out var version), $"the refit made no version: {refit}");
        return (version.GetInt64(), StateOf(refit) == RefitState.Activated);
    }

    private async Task<JsonElement> EndOfRefitAsync(string path, object body)
    {
        var asked = await DemoPerson.PostAsync(Http, "ann", path, body);
        var (id, refit) = (asked.GetProperty("requestId").GetString(), default(JsonElement));
        await Eventually.HoldsAsync(async () =>
        {
            var gate = await GateAsync();
            return gate.TryGetProperty("refit", out refit) && refit.GetRawText().Contains(id!, StringComparison.Ordinal)
                && StateOf(refit) is RefitState.Activated or RefitState.Refused;
        }, "the refit has ended", TimeSpan.FromMinutes(2));
        return refit;
    }

    /// <summary>Approves a version as an operator who has read what the guards say.</summary>
    public async Task ApproveAsync(long version) => await DemoPerson.PostAsync(
        Http, "ann", $"/v1/operate/gates/default/versions/{version}/approval", new { reason = "frogs are the new normal" }, await RevisionAsync());

    /// <summary>Makes an earlier version the active one.</summary>
    public async Task RollBackAsync(long version) => await DemoPerson.PostAsync(
        Http, "ann", "/v1/operate/gates/default/activations", new { version, reason = "no frogs after all" }, await RevisionAsync());

    /// <summary>The version that judges.</summary>
    public async Task<long> ActiveAsync() => (await GateAsync()).GetProperty("active").GetProperty("version").GetInt64();

    /// <summary>What became the active version, when, and by whom, as the gateway tells it.</summary>
    public async Task<string> HistoryAsync() => (await GateAsync()).GetProperty("history").GetRawText();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_sets, recursive: true);
    }

    private static RefitState StateOf(JsonElement refit) => Enum.Parse<RefitState>(refit.GetProperty("state").GetString()!, ignoreCase: true);

    private Task<JsonElement> GateAsync() => DemoPerson.GetAsync(Http, "ann", "/v1/operate/gates/default");

    private async Task<string> RevisionAsync() => (await GateAsync()).GetProperty("revision").GetString()!;

    private async Task PutAsync(string source, string id, byte[] png)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/sources/{source}/images");
        request.Content = new ByteArrayContent(png) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        request.Headers.Add("Idempotency-Key", id);
        using var answer = await Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    // Clothes are all of one kind here, and so are digits.
    private string OneClass(string name)
    {
        var path = Path.Combine(_sets, $"{name}.bin");
        File.WriteAllBytes(path, [.. Records("ood32", $"{name}.bin").SelectMany(r => r.Skip(1).Prepend<byte>(0))]);
        return path;
    }

    private static ImageScored? Scored(string topic, byte[]? value) =>
        topic == Topics.DeadLetters ? null : JsonSerializer.Deserialize(value, WireJson.Default.ImageScored);

    private static IEnumerable<byte[]> Frogs() => Records("cifar10", "train10k.bin").Where(r => r[0] == Frog);

    private static IEnumerable<byte[]> Records(params string[] file) => File.ReadAllBytes(SharedFiles.Require(["data", .. file])).Chunk(Record);

    private static byte[] Png(byte[] record)
    {
        var pixels = new byte[3 * Pixels];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = record[1 + i % 3 * Pixels + i / 3];
        return ImageEncoder.Png(new RgbImage(Side, Side, pixels));
    }
}
