using System.Globalization;
using System.Threading.Channels;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Hosting;

namespace MoodStream.Gateway.Review.Access;

/// <summary>Writes who came in, and who did not, to the audit chain <see cref="AuditChain.Access"/>.</summary>
/// <remarks>
/// What happened is written before it is answered; what was refused may come from anybody, as often as they like: it waits in memory, is
/// written behind, and what exceeds <see cref="MostPerMinute"/> is told as one number. Thread-safety: any thread.
/// </remarks>
internal sealed class AccessAudit(AuditOutbox outbox, TimeProvider clock, ILogger<AccessAudit> log)
    : RepeatedWork(Pause, clock, e => log.ReviewWorkFailed(e, "the audit of refusals"))
{
    /// <summary>Refusals that are written one by one each minute; what is more is counted.</summary>
    public const int MostPerMinute = 60;

    /// <summary>Actor of what nobody known did.</summary>
    public const string Unknown = "unknown";

    private const int MostWaiting = 512, MostCharacters = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Window = TimeSpan.FromMinutes(1);

    private readonly Channel<AuditEvent> _waiting = Channel.CreateBounded<AuditEvent>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.Wait });

    private readonly TimeProvider _clock = clock;
    private readonly Lock _gate = new();

    // Never disposed: it holds nothing to give back, and the last flush may still be under way when the host disposes of its services.
    private readonly SemaphoreSlim _flushing = new(1);

    private DateTimeOffset _since;
    private int _written, _leftOut;

    /// <summary>Writes what happened; done means that it is in the outbox.</summary>
    public Task WriteAsync(string actor, string what, string subject, string? detail, CancellationToken cancellation) =>
        outbox.AddAsync(AuditChain.Access, new(_clock.GetUtcNow(), Cut(actor), what, Cut(subject), detail), cancellation);

    /// <summary>Notes what was refused; returns at once.</summary>
    public void Refused(string actor, string what, string subject, string detail)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            TellLeftOut(now);
            if (_written >= MostPerMinute || !_waiting.Writer.TryWrite(new(now, Cut(actor), what, Cut(subject), Cut(detail)))) _leftOut++;
            else _written++;
        }
    }

    /// <summary>Writes what waits.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        lock (_gate) TellLeftOut(_clock.GetUtcNow());
        await _flushing.WaitAsync(cancellation);
        try
        {
            // Looked at first and taken after: what Redis did not take is tried again in the next round.
            while (_waiting.Reader.TryPeek(out var next))
            {
                await outbox.AddAsync(AuditChain.Access, next, cancellation);
                _waiting.Reader.TryRead(out _);
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_waiting.Reader.TryPeek(out _)) await FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        return false;
    }

    private void TellLeftOut(DateTimeOffset now)
    {
        if (now - _since < Window) return;
        if (_leftOut > 0 && !_waiting.Writer.TryWrite(new(
            now, Unknown, "refusals-left-out", "gateway", $"{_leftOut.ToString(CultureInfo.InvariantCulture)} more since {_since.UtcDateTime:O}")))
            return;
        (_since, _written, _leftOut) = (now, 0, 0);
    }

    // Part of it comes from whoever asks; a control character would be another line in a log.
    private static string Cut(string text) =>
        string.Concat(text.Take(MostCharacters).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
