using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.StreamingTests.Kafka;

/// <summary>What the writer does with a producer that never returns from a call, as librdkafka's does where an answer was lost.</summary>
public sealed class TransactionWriterTests : IDisposable
{
    private static readonly OutgoingRecord Output = new(Topics.Accepted, "belt-1"u8.ToArray(), [1], []);
    private static readonly TopicPartitionOffset[] Offsets = [new(Topics.Images, 0, 1)];
    private readonly ManualResetEventSlim _end = new();
    private readonly StreamingMetrics _metrics = new(Prometheus.Metrics.NewCustomRegistry());
    private readonly List<string> _calls = [];

    /// <summary>Calls of the first producer that never return.</summary>
    private string[] _stuck = [];

    private int _built;

    public void Dispose()
    {
        _end.Set();
        _end.Dispose();
    }

    [Fact]
    public void Write_SendingOffsetsNeverReturns_IsAbortedAndTheNextProducerWritesIt()
    {
        _stuck = ["SendOffsetsToTransaction"];
        using var writer = Writer();

        var first = writer.Write([Output], Offsets, null!);
        var second = writer.Write([Output], Offsets, null!);

        Assert.Equal((TransactionEnd.Aborted, ErrorCode.Local_TimedOut), (first.End, first.Error!.Code));
        Assert.Equal(new TransactionResult(TransactionEnd.Committed, null), second);
        Assert.Equal(1, _metrics.ProducersReplaced.Value);
        Assert.Equal(["2 InitTransactions", "2 BeginTransaction", "2 Produce", "2 SendOffsetsToTransaction", "2 CommitTransaction"], Of(2));
    }

    [Fact]
    public void Write_CommittingNeverReturns_EndsUnknown()
    {
        _stuck = ["CommitTransaction"];
        using var writer = Writer();

        Assert.Equal(TransactionEnd.Unknown, writer.Write([Output], Offsets, null!).End);
    }

    [Fact]
    public void Write_TheStuckProducerDoesNotEndEither_IsLeftBehind()
    {
        _stuck = ["SendOffsetsToTransaction", "Dispose"];
        using var writer = Writer();
        writer.Write([Output], Offsets, null!);

        Assert.Equal(TransactionEnd.Committed, writer.Write([Output], Offsets, null!).End);
    }

    [Fact]
    public void Begin_InitialisingNeverReturns_ThrowsAndTheNextProducerIsAsked()
    {
        _stuck = ["InitTransactions"];
        using var writer = Writer();

        Assert.Equal(ErrorCode.Local_TimedOut, Assert.Throws<KafkaException>(writer.Begin).Error.Code);
        writer.Begin();
        Assert.Equal(["2 InitTransactions"], Of(2));
    }

    private TransactionWriter Writer() =>
        new(new KafkaSettings { RequestTimeout = TimeSpan.FromMilliseconds(50) }, "parts", _metrics, NullLogger.Instance, Build);

    private IProducer<byte[]?, byte[]?> Build()
    {
        var producer = DispatchProxy.Create<IProducer<byte[]?, byte[]?>, Producer>();
        ((Producer)(object)producer).Called = Answer(++_built);
        return producer;
    }

    private Action<string> Answer(int number) => call =>
    {
        lock (_calls) _calls.Add($"{number} {call}");
        if (number == 1 && _stuck.Contains(call)) _end.Wait();
    };

    private string[] Of(int number)
    {
        lock (_calls) return [.. _calls.Where(c => c.StartsWith($"{number} ", StringComparison.Ordinal))];
    }

    /// <summary>A producer that does nothing but tell what it is asked.</summary>
    public class Producer : DispatchProxy
    {
        /// <summary>Told each call by its name.</summary>
        public Action<string> Called { get; set; } = _ => { };

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Called(targetMethod!.Name);
            return targetMethod.ReturnType == typeof(int) ? 0 : null;
        }
    }
}
