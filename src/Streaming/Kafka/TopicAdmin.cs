using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Telemetry;
using TopicSpecification = MoodStream.Contracts.TopicSpecification;

namespace MoodStream.Streaming.Kafka;

/// <summary>What stands in the way of a topic; a sentence for the operator.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Problem">What is wrong with it and what would be right.</param>
public sealed record TopicFinding(string Topic, string Problem);

/// <summary>Creates the topics of MoodStream where they are missing, and checks those that exist.</summary>
/// <remarks>On the embedded profile it only looks: that cluster answers no administration request, and its owner creates the topics.</remarks>
public sealed class TopicAdmin(KafkaSettings settings, TimeProvider clock, ILogger<TopicAdmin> log)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private bool IsEmbedded => settings.Profile == KafkaProfile.Embedded;

    /// <summary>Creates what is missing and looks at everything.</summary>
    /// <returns>What is still wrong; empty where all topics are as specified.</returns>
    /// <exception cref="KafkaException">The brokers did not answer in time.</exception>
    public async Task<IReadOnlyList<TopicFinding>> EnsureAsync(IReadOnlyList<TopicSpecification> topics, CancellationToken cancellation)
    {
        using var admin = new AdminClientBuilder(KafkaClientConfig.Admin(settings)).SetLogHandler((_, line) => log.Client(line)).Build();
        var missing = Missing(topics, await MetadataAsync(admin, cancellation));
        var refused = IsEmbedded || missing.Count == 0 ? [] : await CreateAsync(admin, missing);
        var existing = topics.ExceptBy(refused.Select(f => f.Topic), t => t.Name).ToList();
        if (!IsEmbedded) await AppearAsync(admin, existing, cancellation);
        return [.. refused, .. await VerifyAsync(admin, existing, cancellation)];
    }

    /// <summary>Looks at the topics without creating any.</summary>
    /// <returns>What is wrong; empty where all topics are as specified.</returns>
    /// <exception cref="KafkaException">The brokers did not answer in time.</exception>
    public async Task<IReadOnlyList<TopicFinding>> VerifyAsync(IReadOnlyList<TopicSpecification> topics, CancellationToken cancellation)
    {
        using var admin = new AdminClientBuilder(KafkaClientConfig.Admin(settings)).SetLogHandler((_, line) => log.Client(line)).Build();
        return await VerifyAsync(admin, topics, cancellation);
    }

    /// <summary>Waits until brokers tell of topics that the controller has created; they learn of them a little later.</summary>
    private async Task AppearAsync(IAdminClient admin, List<TopicSpecification> topics, CancellationToken cancellation)
    {
        var begin = clock.GetTimestamp();
        while (Missing(topics, await MetadataAsync(admin, cancellation)).Count > 0 && clock.GetElapsedTime(begin) < settings.RequestTimeout)
            await Task.Delay(LookInterval, clock, cancellation);
    }

    private async Task<IReadOnlyList<TopicFinding>> VerifyAsync(
        IAdminClient admin, IReadOnlyList<TopicSpecification> topics, CancellationToken cancellation)
    {
        var metadata = await MetadataAsync(admin, cancellation);
        var missing = Missing(topics, metadata);
        var existing = topics.Except(missing).ToList();
        var findings = missing.ConvertAll(t => new TopicFinding(t.Name, $"does not exist; it needs {t.Partitions} partitions"));
        foreach (var topic in existing)
        {
            var partitions = metadata.Topics.Find(t => t.Topic == topic.Name)!.Partitions.Count;
            if (partitions < topic.Partitions)
                findings.Add(new TopicFinding(topic.Name, $"has {partitions} partitions; it needs {topic.Partitions}"));
        }

        if (!IsEmbedded && existing.Count > 0) findings.AddRange(await TooSmallAsync(admin, existing));
        return findings;
    }

    /// <summary>Topics that would refuse records which this client may write.</summary>
    private async Task<List<TopicFinding>> TooSmallAsync(IAdminClient admin, List<TopicSpecification> topics)
    {
        var resources = topics.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t.Name });
        var described = await admin.DescribeConfigsAsync(resources, new DescribeConfigsOptions { RequestTimeout = settings.RequestTimeout });
        return
        [
            .. from topic in described
               let entry = topic.Entries.GetValueOrDefault("max.message.bytes")
               where entry is not null && long.Parse(entry.Value, CultureInfo.InvariantCulture) < settings.MaxMessageBytes
               select new TopicFinding(
                   topic.ConfigResource.Name,
                   $"takes records up to {entry.Value} bytes; {KafkaSettings.Section}:{nameof(settings.MaxMessageBytes)} is {settings.MaxMessageBytes}"),
        ];
    }

    private async Task<List<TopicFinding>> CreateAsync(IAdminClient admin, List<TopicSpecification> topics)
    {
        try
        {
            var options = new CreateTopicsOptions { RequestTimeout = settings.RequestTimeout, OperationTimeout = settings.RequestTimeout };
            await admin.CreateTopicsAsync(topics.Select(Specification), options);
            foreach (var topic in topics) log.TopicCreated(topic.Name, topic.Partitions);
            return [];
        }
        catch (CreateTopicsException e)
        {
            // Another instance may have been faster: then it exists, which is what was wanted.
            var refused = e.Results.Where(r => r.Error.IsError && r.Error.Code != ErrorCode.TopicAlreadyExists);
            return [.. refused.Select(r => new TopicFinding(r.Topic, $"could not be created: {r.Error.Reason}"))];
        }
    }

    private Confluent.Kafka.Admin.TopicSpecification Specification(TopicSpecification topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = (short)settings.ReplicationFactor,
        Configs = new Dictionary<string, string>
        {
            ["retention.ms"] = (topic.Retention?.TotalMilliseconds ?? -1).ToString("F0", CultureInfo.InvariantCulture),
            ["max.message.bytes"] = settings.MaxMessageBytes.ToString(CultureInfo.InvariantCulture),
        },
    };

    private Task<Metadata> MetadataAsync(IAdminClient admin, CancellationToken cancellation) =>
        Task.Run(() => admin.GetMetadata(settings.RequestTimeout), cancellation);

    private static List<TopicSpecification> Missing(IReadOnlyList<TopicSpecification> topics, Metadata metadata) =>
        [.. topics.Where(t => metadata.Topics.Find(m => m.Topic == t.Name) is not { Partitions.Count: > 0 })];
}
