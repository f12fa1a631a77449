using System.Diagnostics;
using System.Text.Json;
using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary>The tutorials are followed literally: every command of theirs, in order, by <c>build/follow</c>.</summary>
public sealed class TutorialTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-tutorial-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task CameraLine_FollowedLiterally_EndsAsThePageSays()
    {
        await HandbookSnippet.RequireAsync("curl");
        if (!File.Exists("/usr/bin/ffmpeg")) Assert.Skip("needs ffmpeg (Debian: ffmpeg)");

        await FollowAsync("tutorial-camera-line.md");

        using var ingest = Json("line", "ingest.json");
        Assert.Equal((50, 50, 0, 0), Counts(ingest, "read", "taken", "refused", "dropped"));
        using var demo = Json("line", "demo.json");
        Assert.Equal((0, 0), Counts(demo, "lost", "duplicates"));
        var verdicts = Verdicts("line", "bad.csv");
        Assert.Equal(60, verdicts.Values.Sum());
        Assert.True(verdicts["review"] >= 54, $"nearly all bad parts are sent to review: {string.Join(", ", verdicts)}");
    }

    [Fact]
    public async Task ChestXrays_FollowedLiterally_KeepThePromise()
    {
        await HandbookSnippet.RequireAsync("curl");
        var images = SharedFiles.Require("data", "chest_xray");

        await FollowAsync("tutorial-chest-xrays.md", ("CHEST", images));

        using var ingest = Json("chest", "ingest.json");
        Assert.Equal((100, 100, 0, 0), Counts(ingest, "read", "taken", "refused", "dropped"));
        using var demo = Json("chest", "demo.json");
        Assert.Equal((0, 0), Counts(demo, "lost", "duplicates"));
        // A promise of 10 % on 200 images held out and 100 seen: 30 is far outside what chance does.
        Assert.InRange(Verdicts("chest", "more.csv").GetValueOrDefault("review"), 0, 30);
    }

    private async Task FollowAsync(string page, params (string Name, string Value)[] variables)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;                       // release or debug
        File.CreateSymbolicLink(Path.Combine(_folder, "mood"), Path.Combine(SharedFiles.Checkout, "artifacts", "bin", "Cli", configuration, "mood"));
        var start = new ProcessStartInfo(Path.Combine(SharedFiles.Checkout, "build", "follow"), [Path.Combine(SharedFiles.Checkout, "docs", page), _folder])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in variables.Append(("HTTP_PORT", $"{LoopbackPorts.Free()}")).Append(("KAFKA_PORT", $"{LoopbackPorts.Free()}"))) start.Environment[name] = value;
        using var following = Process.Start(start)!;
        var (said, errors) = (following.StandardOutput.ReadToEndAsync(), following.StandardError.ReadToEndAsync());
        await following.WaitForExitAsync(TestContext.Current.CancellationToken);
        output.WriteLine(await said);
        Assert.True(following.ExitCode == 0, $"{page}: a command failed, the last of {await errors}");
    }

    private JsonDocument Json(params string[] path) => JsonDocument.Parse(File.ReadAllText(Path.Combine([_folder, .. path])));

    private Dictionary<string, int> Verdicts(params string[] path) =>
        File.ReadLines(Path.Combine([_folder, .. path])).Skip(1).Select(l => l.Split(',')[3]).CountBy(v => v).ToDictionary();

    private static (int, int) Counts(JsonDocument json, string first, string second) => (Count(json, first), Count(json, second));

    private static (int, int, int, int) Counts(JsonDocument json, string first, string second, string third, string fourth) =>
        (Count(json, first), Count(json, second), Count(json, third), Count(json, fourth));

    private static int Count(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetInt32();
}
