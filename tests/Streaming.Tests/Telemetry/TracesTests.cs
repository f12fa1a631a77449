using System.Diagnostics;
using System.Text;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.StreamingTests.Telemetry;

/// <summary>Spans hang together by the headers of the records.</summary>
public sealed class TracesTests : IDisposable
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == Traces.SourceName,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Process_WithoutAListener_IsNothing() => Assert.Null(Traces.Process(Record(Parent)));

    [Fact]
    public void Process_ARecordThatNamesASpan_IsItsChild()
    {
        ActivitySource.AddActivityListener(_listener);
        using var span = Traces.Process(Record(Parent));

        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"), (span!.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        Assert.Equal(ActivityKind.Consumer, span.Kind);
        Assert.Equal(7L, span.GetTagItem("messaging.kafka.offset"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00-11-22-01")]
    [InlineData("gibberish")]
    public void Process_ARecordThatNamesNoSpan_BeginsATrace(string? header)
    {
        ActivitySource.AddActivityListener(_listener);
        using var span = Traces.Process(Record(header));

        Assert.Equal(default, span!.ParentSpanId);
    }

    [Fact]
    public void Send_ThenProcess_AreOneTrace()
    {
        ActivitySource.AddActivityListener(_listener);
        string sent;
        using (var sending = Traces.Send("images")) sent = sending!.Id!;
        using var processing = Traces.Process(Record(sent));

        Assert.Equal(sent, processing!.ParentId);
    }

    [Fact]
    public void Batch_OfSeveralImages_LinksToEach()
    {
        ActivitySource.AddActivityListener(_listener);
        using var first = Traces.Process(Record(Parent));
        using var second = Traces.Process(Record(null));
        using var batch = Traces.Batch([first, null, second], count: 3);

        Assert.Equal(new[] { first, second }.Select(a => a!.SpanId), batch!.Links.Select(l => l.Context.SpanId));
        Assert.Equal(3, batch.GetTagItem("messaging.batch.message_count"));
    }

    private static ReceivedRecord Record(string? parent) => new(
        new("images", 2, 7), null, [1], parent is null ? [] : [new(RecordHeaders.TraceParent, Encoding.UTF8.GetBytes(parent))], DateTimeOffset.UnixEpoch);
}
