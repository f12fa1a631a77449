using System.Diagnostics.CodeAnalysis;

namespace MoodStream.Bench.Rig;

/// <summary>An <see cref="EndLedger"/> that reads by itself until it is stopped.</summary>
/// <remarks>Thread-safety: <see cref="Ended"/> may be read from any thread; <see cref="Ledger"/> once it has stopped.</remarks>
internal sealed class LiveLedger : IAsyncDisposable
{
    private readonly CancellationTokenSource _done = new();
    private readonly Task _reading;

    /// <summary>Begins to read.</summary>
    /// <param name="bootstrapServers">The Kafka.</param>
    /// <param name="read">Called after each reading, on the reading thread.</param>
    /// <param name="first">Called for the first end of each id, on the reading thread.</param>
    /// <param name="outputs">Topics to read; null: all that an image can end in.</param>
    public LiveLedger(string bootstrapServers, Action<int>? read = null, Action<string>? first = null, IReadOnlyList<string>? outputs = null)
    {
        Ledger = new EndLedger(bootstrapServers, first, outputs);
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        void Read()
        {
            while (!_done.IsCancellationRequested)
            {
                Ledger.Read();
                read?.Invoke(Ledger.Ended);
            }
        }
    }

    /// <summary>Ids that have ended.</summary>
    public int Ended => Ledger.Ended;

    /// <summary>The ledger, to be asked once it has stopped.</summary>
    public EndLedger Ledger { get; }

    /// <summary>Reads no more.</summary>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Started by the constructor; it waits for no caller.")]
    public async Task StopAsync()
    {
        await _done.CancelAsync();
        await _reading;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Ledger.Dispose();
        _done.Dispose();
    }
}
