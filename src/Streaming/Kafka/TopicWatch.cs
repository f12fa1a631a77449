using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MoodStream.Contracts;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Kafka;

/// <summary>A topic that a service of this process reads or writes.</summary>
public sealed record UsedTopic(string Name);

/// <summary>Looks at the topics that this process uses: at the start, often while one blocks, and seldom from then on.</summary>
/// <remarks>
/// A topic that is missing, or takes only smaller records than this service may write, is told before the first image meets
/// it. Nothing is created here: a service needs no right to create topics.
/// </remarks>
public sealed class TopicWatch(
    IEnumerable<UsedTopic> used, TopicAdmin admin, StreamingMetrics metrics, TimeProvider clock, ILogger<TopicWatch> log)
    : BackgroundService
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5), Later = TimeSpan.FromMinutes(1);

    private readonly TopicSpecification[] _topics = [.. Topics.All.IntersectBy(used.Select(u => u.Name), t => t.Name)];
    private string? _unknown;

    /// <summary>What is wrong with the topics; empty where nothing is; null before they were looked at.</summary>
    public IReadOnlyList<TopicFinding>? Findings { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            await Task.Delay(Findings?.Any(f => f.Blocks) == false ? Later : Soon, clock, stoppingToken);
        }
    }

    /// <summary>Looks once. What was found before stays where the brokers do not answer, which has a check of its own.</summary>
    internal async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            var found = await admin.VerifyAsync(_topics, cancellation);
            Tell(found);
            (Findings, _unknown) = (found, null);
        }
        catch (KafkaException e)
        {
            if (_unknown != e.Error.Reason) log.TopicsUnknown(e.Error.Reason);
            _unknown = e.Error.Reason;
        }
    }

    private void Tell(IReadOnlyList<TopicFinding> found)
    {
        foreach (var topic in _topics) metrics.TopicFindings.WithLabels(topic.Name).Set(found.Count(f => f.Topic == topic.Name));
        foreach (var (topic, problem, blocks) in found.Except(Findings ?? []))
        {
            if (blocks) log.TopicBlocks(topic, problem);
            else log.TopicDiffers(topic, problem);
        }

        if (found.Count == 0 && Findings is not { Count: 0 }) log.TopicsFine(string.Join(", ", _topics.Select(t => t.Name)));
    }
}
