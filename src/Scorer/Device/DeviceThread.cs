using System.Collections.Concurrent;
using System.Diagnostics;

namespace MoodStream.Scorer.Device;

/// <summary>The one thread that owns the device: every tensor call of the scorer runs on it, one piece of work after another.</summary>
/// <remarks>
/// Called: from any thread. Done means: the work has run on the device thread.
/// Why one: dispose scopes are per thread, and inference on several threads has leaked device memory.
/// </remarks>
public sealed class DeviceThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];              // callers wait for their results, which bounds it
    private readonly Thread _thread;

    private readonly Action<TimeSpan>? _worked;

    /// <summary>Starts the thread.</summary>
    /// <param name="worked">Told how long each piece of work took.</param>
    public DeviceThread(Action<TimeSpan>? worked = null)
    {
        _worked = worked;
        _thread = new Thread(Run) { IsBackground = true, Name = "device" };
        _thread.Start();
    }

    /// <summary>Runs a piece of work on the device thread and gives its result, or its exception.</summary>
    /// <exception cref="InvalidOperationException">The thread has been stopped.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
#pragma warning disable CA1031 // Handed to the caller, who decides: nothing is swallowed.
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
#pragma warning restore CA1031
        }, cancellation);
        return await done.Task;
    }

    /// <summary>Finishes the work in hand and stops the thread.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            var began = Stopwatch.GetTimestamp();
            work();
            _worked?.Invoke(Stopwatch.GetElapsedTime(began));
        }
    }
}
