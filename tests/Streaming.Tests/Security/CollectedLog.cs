using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MoodStream.StreamingTests.Security;

/// <summary>Keeps every line, at every level, so that a test can look for what must not be there.</summary>
internal sealed class CollectedLog<T> : ILogger<T>
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{formatter(state, exception)} {exception}");
}
