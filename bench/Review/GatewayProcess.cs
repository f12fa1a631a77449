using System.Diagnostics;

namespace MoodStream.Bench.Review;

/// <summary>A gateway in a process of its own, which can be killed as a machine would kill it, and started again.</summary>
internal sealed class GatewayProcess(string program, string settingsFile, int port) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private Process? _process;

    /// <summary>Address of its API.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{port}");

    /// <summary>Starts it and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not answer in time.</exception>
    public async Task StartAsync(HttpClient client, CancellationToken cancellation)
    {
        _process = Process.Start(new ProcessStartInfo(
            program, ["gateway", "--port", $"{port}", "--settings", settingsFile])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{program} could not be started.");
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        var errors = new List<string>();
        _process.ErrorDataReceived += (_, line) => errors.Add(line.Data ?? string.Empty);
        _process.BeginErrorReadLine();
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync(client, cancellation))
        {
            if (_process.HasExited || waited.Elapsed > Patience)
                throw new InvalidOperationException($"The gateway did not start: {string.Join(" ", errors).Trim()}");
            await Task.Delay(Between, TimeProvider.System, cancellation);
        }
    }

    /// <summary>Kills it at once: nothing is flushed, nothing is told.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task<bool> AnswersAsync(HttpClient client, CancellationToken cancellation)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(Address, "/health/live"), cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
