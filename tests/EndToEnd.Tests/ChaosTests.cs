using System.Diagnostics;
using System.Text.Json;
using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary>The promise of the first page, on a real Kafka: scorers and the broker are killed while images stream, and each id ends once.</summary>
public sealed class ChaosTests
{
    private const int Images = 10_000, ScorerKills = 12, BrokerKills = 2, Seed = 1;

    /// <summary>The ports that a run may take, from its first.</summary>
    private const int FirstPort = 43_000, LastPort = 46_000, PortsOfRun = 100;

    [Fact]
    public async Task Chaos_ExactlyOnceUnderKills_EveryImageEndsOnce()
    {
        var kafka = SharedFiles.Require("kafka");
        if (!Programs.Has("java")) Assert.Skip("needs java on the path");
        var folder = Directory.CreateTempSubdirectory("mood-e2e-chaos-").FullName;
        try
        {
            var json = Path.Combine(folder, "chaos.json");
            var (exit, output) = await BenchAsync(
                folder, "chaos", "--kafka", kafka, "--images", $"{Images}", "--kills", $"{ScorerKills}", "--broker-kills", $"{BrokerKills}",
                "--delivery", "exactly-once", "--seed", $"{Seed}", "--port", $"{FreePorts()}", "--json", json);

            Assert.True(exit == 0, output);
            using var result = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
            int Of(string name) => result.RootElement.GetProperty(name).GetInt32();
            Assert.Equal((Images, 0, 0, 0), (Of("images_in"), Of("lost"), Of("duplicates"), Of("lag_left")));
            Assert.Equal(Images, Of("accepted") + Of("review") + Of("dead_letter"));
            Assert.Equal((ScorerKills, BrokerKills), (Of("scorer_kills"), Of("broker_kills")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Exit, string Output)> BenchAsync(string folder, params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;                   // release or debug
        var program = Path.Combine(SharedFiles.Checkout, "artifacts", "bin", "Bench", configuration, "mood-bench");
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            // Without an input of its own it would share that of the test process, through which the runner speaks.
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        })!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, $"{await output}{await errors}");
    }

    private static int FreePorts()
    {
        for (var port = FirstPort; port < LastPort; port += PortsOfRun)
            if (Enumerable.Range(port, PortsOfRun).All(LoopbackPorts.IsFree)) return port;
        throw new IOException($"No {PortsOfRun} free ports from {FirstPort} to {LastPort}.");
    }
}
