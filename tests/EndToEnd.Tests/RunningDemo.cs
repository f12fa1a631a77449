using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using MoodStream.Contracts;
using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary><c>mood demo</c> as its own process, as a user starts it, on free ports; shared by the tests of a class.</summary>
public class RunningDemo : IAsyncLifetime
{
    private readonly StringBuilder _log = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-e2e-").FullName;
    private readonly int _port = LoopbackPorts.Free(), _kafkaPort = LoopbackPorts.Free();
    private Process _process = null!;

    /// <summary>Settings of the services beyond the demo's own, each as KEY=VALUE.</summary>
    protected virtual IEnumerable<string> Settings => [];

    /// <summary>What streams, and how fast, as arguments of the command.</summary>
    protected virtual IEnumerable<string> Traffic => ["--fit-images", "200", "--rate", "10"];

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public string BootstrapServers => $"127.0.0.1:{_kafkaPort}";

    public async ValueTask InitializeAsync()
    {
        Http.BaseAddress = new Uri($"http://127.0.0.1:{_port}");
        _process = Start(["demo", "--port", $"{_port}", "--kafka-port", $"{_kafkaPort}", .. Traffic,
            "--json", Path.Combine(_folder, "demo.json"), "--data", Path.Combine(_folder, "data"),
            .. Settings.SelectMany(s => new[] { "--set", s })]);
        await Eventually.HoldsAsync(ReadyAsync, $"mood demo is ready. It said: {_log}", TimeSpan.FromMinutes(5));
    }

    /// <summary>Puts a record in, as any Kafka client can.</summary>
    public async Task PutAsync(string? key, byte[]? value, params (string Name, string Value)[] headers)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = BootstrapServers, MessageMaxBytes = 10_000_000 }).Build();
        var all = new Headers();
        foreach (var (name, text) in headers) all.Add(name, Encoding.UTF8.GetBytes(text));
        await producer.ProduceAsync(Topics.Images, new() { Key = key is null ? null : Encoding.UTF8.GetBytes(key), Value = value, Headers = all });
    }

    /// <summary>Waits until a record of each key has ended somewhere, and reads all that ended: key, topic, record.</summary>
    public Task<ILookup<string, ConsumeResult<byte[]?, byte[]?>>> EndsOfAsync(IReadOnlyCollection<string> keys) =>
        EndsOfAsync(keys, record => record.Message.Key is { } key ? Encoding.UTF8.GetString(key) : null);

    /// <summary>Waits until a record of each name has ended somewhere, and reads all that ended.</summary>
    /// <param name="names">The names.</param>
    /// <param name="nameOf">The name of a record; null where it has none.</param>
    protected async Task<ILookup<string, ConsumeResult<byte[]?, byte[]?>>> EndsOfAsync(
        IReadOnlyCollection<string> names, Func<ConsumeResult<byte[]?, byte[]?>, string?> nameOf)
    {
        var (wanted, missing) = (names.ToHashSet(), names.ToHashSet());
        var ends = new List<(string Name, ConsumeResult<byte[]?, byte[]?> Record)>();
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = BootstrapServers, GroupId = $"e2e-{string.Join('-', names).GetHashCode(StringComparison.Ordinal):x}",
            AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false, FetchWaitMaxMs = 5, SessionTimeoutMs = 6000,
        }).Build();
        consumer.Subscribe([Topics.Accepted, Topics.Review, Topics.DeadLetters]);
        await Eventually.HoldsAsync(() =>
        {
            while (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } record)
            {
                if (nameOf(record) is not { } name || !wanted.Contains(name)) continue;
                ends.Add((name, record));
                missing.Remove(name);
            }

            return missing.Count == 0;
        }, $"all of {string.Join(", ", names)} have ended", TimeSpan.FromMinutes(2));
        consumer.Close();
        return ends.ToLookup(e => e.Name, e => e.Record);
    }

    /// <summary>Ends the demo with Ctrl-C and reads its summary.</summary>
    public async Task<(int Exit, JsonDocument Summary, string Log)> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await _process.WaitForExitAsync();
        var json = await File.ReadAllBytesAsync(Path.Combine(_folder, "demo.json"));
        return (_process.ExitCode, JsonDocument.Parse(json), _log.ToString());
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> ReadyAsync()
    {
        if (_process.HasExited) throw new InvalidOperationException($"mood demo ended with {_process.ExitCode}: {_log}");
        try
        {
            using var response = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Process Start(string[] args)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;                   // release or debug
        var program = Path.Combine(SharedFiles.Checkout, "artifacts", "bin", "Cli", configuration, "mood");
        var start = new ProcessStartInfo(program, args)
        {
            // Without an input of its own it would share that of the test process, through which the runner speaks.
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder,
        };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_log) _log.AppendLine(line.Data);
    }
}
