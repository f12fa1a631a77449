using System.Collections.Concurrent;
using System.Diagnostics;

namespace MoodStream.EndToEndTests;

/// <summary>The programs that the how-to pages show do what the pages say, against a running demo.</summary>
public sealed class HandbookTests(RunningDemo demo) : IClassFixture<RunningDemo>
{
    private const string SendPage = "send-images.md";
    private const string Module = "confluent_kafka";
    private const string Package = "python3-confluent-kafka";

    private string Gateway => demo.Http.BaseAddress!.ToString().TrimEnd('/');

    [Fact]
    public async Task PythonByHttp_AFolder_EveryImageEndsOnce()
    {
        using var snippet = new HandbookSnippet(SendPage, "Python, by HTTP", ".py");
        var python = await HandbookSnippet.PythonWithAsync("urllib.request", "python3");

        await snippet.RunAsync(python, snippet.Program, Gateway, "snippet-http", FolderOf(snippet));

        Assert.Single((await demo.EndsOfAsync(["snippet-http"]))["snippet-http"]);
    }

    [Fact]
    public async Task PythonByKafka_AFolder_EveryImageEndsOnceAndTheReaderTellsIt()
    {
        using var sender = new HandbookSnippet(SendPage, "Python, by Kafka", ".py");
        using var reader = new HandbookSnippet("read-verdicts.md", "In Python", ".py");
        var python = await HandbookSnippet.PythonWithAsync(Module, Package);

        await sender.RunAsync(python, sender.Program, demo.BootstrapServers, "snippet-kafka", FolderOf(sender));

        Assert.Single((await demo.EndsOfAsync(["snippet-kafka"]))["snippet-kafka"]);
        await TellsAsync(reader, python, "snippet-kafka snippet-kafka-photo review");
    }

    [Fact]
    public async Task JavaByHttp_AFile_EndsOnce()
    {
        using var snippet = new HandbookSnippet(SendPage, "Java, by HTTP", ".java");
        await HandbookSnippet.RequireAsync("java");

        await snippet.RunAsync("java", snippet.Program, Gateway, "snippet-java", PhotoIn(snippet.Folder));

        Assert.Single((await demo.EndsOfAsync(["snippet-java"]))["snippet-java"]);
    }

    [Fact]
    public async Task CSharpByKafka_AFile_EndsOnce()
    {
        using var snippet = new HandbookSnippet(SendPage, "C#, by Kafka", ".cs");
        await HandbookSnippet.RequireAsync("dotnet");

        await snippet.RunAsync("dotnet", "run", snippet.Program, demo.BootstrapServers, "snippet-csharp", PhotoIn(snippet.Folder));

        Assert.Single((await demo.EndsOfAsync(["snippet-csharp"]))["snippet-csharp"]);
    }

    /// <summary>Runs the reader until it has told a line that begins so, then ends it as Ctrl-C does.</summary>
    private async Task TellsAsync(HandbookSnippet reader, string python, string beginning)
    {
        var lines = new ConcurrentQueue<string>();
        using var process = reader.Start(python, reader.Program, demo.BootstrapServers);
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await TestKit.Eventually.HoldsAsync(
                () => lines.Any(l => l.StartsWith(beginning, StringComparison.Ordinal)),
                $"the reader tells {beginning}; it said {string.Join('\n', lines)}", TimeSpan.FromMinutes(2));
            using var interrupt = Process.Start("kill", ["-INT", $"{process.Id}"]);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static string FolderOf(HandbookSnippet snippet)
    {
        PhotoIn(snippet.Folder);
        return snippet.Folder;
    }

    private static string PhotoIn(string folder)
    {
        var path = Path.Combine(folder, "photo.jpg");
        File.WriteAllBytes(path, DrawnPhotographs.Jpeg());
        return path;
    }
}
