using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;

namespace MoodStream.Bench.Rig;

/// <summary>An output as a reader of the output topics has it.</summary>
/// <param name="At">When it arrived, by <see cref="Stopwatch.GetTimestamp"/>.</param>
/// <param name="Id">Image id.</param>
/// <param name="Value">The record's value.</param>
internal readonly record struct TapedVerdict(long At, string Id, byte[] Value)
{
    /// <summary>Its score; null for an image that was not judged.</summary>
    public double? Score()
    {
        try
        {
            using var json = JsonDocument.Parse(Value);
            return json.RootElement.TryGetProperty("score", out var score) ? score.GetDouble() : null;
        }
        catch (JsonException)
        {
            return null;                    // a dead letter carries the image itself
        }
    }
}

/// <summary>Takes down the first output of every image in the order and at the time of its arrival. Nothing is parsed while images flow.</summary>
/// <remarks>Thread-safety: every member may be called from any thread.</remarks>
internal sealed class VerdictTape : IAsyncDisposable
{
    private static readonly string[] Outputs = [Topics.Accepted, Topics.Review, Topics.DeadLetters];
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100), Between = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _done = new();
    private readonly List<TapedVerdict> _tape = [];
    private readonly HashSet<string> _seen = [];
    private readonly IConsumer<byte[], byte[]> _client;
    private readonly TimeProvider _clock;
    private readonly Task _reading;

    /// <summary>Begins at the beginning of every partition.</summary>
    public VerdictTape(string bootstrapServers, TimeProvider clock)
    {
        _clock = clock;
        _client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = "mood-bench-tape", IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false, FetchWaitMaxMs = 5,
        }).SetLogHandler((_, _) => { }).Build();
        _client.Assign(Topics.All.Where(t => Outputs.Contains(t.Name)).SelectMany(
            t => Enumerable.Range(0, t.Partitions).Select(p => new TopicPartitionOffset(t.Name, p, Offset.Beginning))));
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Images that have an output so far.</summary>
    public int Count
    {
        get
        {
            lock (_tape) return _tape.Count;
        }
    }

    /// <summary>The outputs from a place on, in the order of their arrival.</summary>
    public IReadOnlyList<TapedVerdict> From(int place)
    {
        lock (_tape) return _tape[place..];
    }

    /// <summary>Waits until there are so many outputs.</summary>
    /// <exception cref="CliException">They did not come in time.</exception>
    public async Task ReachAsync(int count, TimeSpan patience, CancellationToken cancellation)
    {
        var began = _clock.GetTimestamp();
        while (Count < count)
        {
            if (_clock.GetElapsedTime(began) > patience) throw new CliException($"The gate gave {Count:N0} of {count:N0} verdicts in {patience.TotalSeconds:F0} s.");
            await Task.Delay(Between, _clock, cancellation);
        }
    }

    /// <inheritdoc/>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Started by the constructor; it waits for no caller.")]
    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _reading;
        _client.Dispose();
        _done.Dispose();
    }

    private void Read()
    {
        while (!_done.IsCancellationRequested)
        {
            if (_client.Consume(Glance) is not { } result || !result.Message.Headers.TryGetLastBytes(RecordHeaders.Id, out var id)) continue;
            var verdict = new TapedVerdict(Stopwatch.GetTimestamp(), Encoding.UTF8.GetString(id), result.Message.Value);
            lock (_tape)
            {
                if (_seen.Add(verdict.Id)) _tape.Add(verdict);
            }
        }
    }
}
