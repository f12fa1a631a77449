using System.Collections.Concurrent;
using System.Net;
using MoodStream.Cli.Ingest;

namespace MoodStream.CliTests.Ingest;

/// <summary>A gateway that takes everything, unless told otherwise, and remembers what it took.</summary>
internal sealed class FakeGateway : HttpMessageHandler
{
    private static readonly Uri Address = new("http://gateway/");

    /// <summary>What was taken, in order.</summary>
    public ConcurrentQueue<(string Path, string ImageId, string? Subject, byte[] Bytes)> Taken { get; } = new();

    /// <summary>Answers a request, by its number from 0, otherwise than with 202; null takes the image.</summary>
    public Func<int, HttpResponseMessage?> Answer { get; set; } = _ => null;

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    private int _requests;

    /// <summary>A client of this gateway.</summary>
    public GatewayClient Client(TimeProvider? clock = null) =>
        new(new HttpClient(this, disposeHandler: false) { BaseAddress = Address }, clock ?? TimeProvider.System);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _requests) - 1;
        if (Answer(number) is { } other) return other;
        var bytes = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var subject = request.Headers.TryGetValues("ce-subject", out var given) ? given.Single() : null;
        Taken.Enqueue((request.RequestUri!.AbsolutePath, request.Headers.GetValues("Idempotency-Key").Single(), subject, bytes));
        return new(HttpStatusCode.Accepted);
    }
}

/// <summary>A folder of its own for one test.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mood-ingest-").FullName;

    public FileInfo State => new(System.IO.Path.Combine(Path, "..", System.IO.Path.GetFileName(Path) + ".state"));

    /// <summary>Writes files whose contents are their paths.</summary>
    public Folder With(params string[] paths)
    {
        foreach (var path in paths) Write(path, path);
        return this;
    }

    public void Write(string path, string text)
    {
        var full = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        State.Delete();
    }
}
