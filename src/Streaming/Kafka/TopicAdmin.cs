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
/// <param name="Blocks">Whether records cannot be written or read at all: the topic is missing, or refuses what may be written.</param>
public sealed record TopicFinding(string Topic, string Problem, bool Blocks = false);

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
        var findings = missing.ConvertAll(t => new TopicFinding(t.Name, $"does not exist; it needs {t.Partitions} partitions", Blocks: true));
        foreach (var topic in existing) findings.AddRange(Shape(topic, metadata.Topics.Find(t => t.Topic == topic.Name)!));
        if (!IsEmbedded && existing.Count > 0) findings.AddRange(await ConfigurationAsync(admin, existing));
        return findings;
    }

    private IEnumerable<TopicFinding> Shape(TopicSpecification topic, TopicMetadata there)
    {
        if (there.Partitions.Count < topic.Partitions)
            yield return new(topic.Name, $"has {there.Partitions.Count} partitions; it needs {topic.Partitions}");
        if (there.Partitions.Count > 0 && there.Partitions.Min(p => p.Replicas.Length) is var replicas && replicas < settings.ReplicationFactor)
            yield return new(topic.Name, $"has {replicas} replicas; {KafkaSettings.Section}:{nameof(settings.ReplicationFactor)} is {settings.ReplicationFactor}");
    }

    /// <summary>Topics that would refuse records which this client may write, or would throw away records that must be kept.</summary>
    private async Task<List<TopicFinding>> ConfigurationAsync(IAdminClient admin, List<TopicSpecification> topics)
    {
        var resources = topics.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t.Name });
        var described = await admin.DescribeConfigsAsync(resources, new DescribeConfigsOptions { RequestTimeout = settings.RequestTimeout });
        return
        [
            .. from topic in described
               from problem in Problems(topics.Find(t => t.Name == topic.ConfigResource.Name)!, topic)
               select problem,
        ];
    }

    private IEnumerable<TopicFinding> Problems(TopicSpecification topic, DescribeConfigsResult there)
    {
        if (Number(there, "max.message.bytes") is { } bytes && bytes < settings.MaxMessageBytes)
            yield return Problem(
                $"takes records up to {bytes} bytes; {KafkaSettings.Section}:{nameof(settings.MaxMessageBytes)} is "
                + $"{settings.MaxMessageBytes}", blocks: true);
        if (Number(there, "min.insync.replicas") is { } least && least < settings.MinInSyncReplicas)
            yield return Problem(
                $"counts a record as written with {least} replicas; {KafkaSettings.Section}:{nameof(settings.MinInSyncReplicas)} is "
                + $"{settings.MinInSyncReplicas}");
        if (Number(there, "retention.ms") is { } kept && kept >= 0 && (topic.Retention is not { } wanted || kept < wanted.TotalMilliseconds))
            yield return Problem(
                $"keeps records for {TimeSpan.FromMilliseconds(kept).TotalDays:0.##} days; it should keep them "
                + (topic.Retention is { } days ? $"{days.TotalDays:0.##} days" : "for good"));
        if (there.Entries.GetValueOrDefault("cleanup.policy")?.Value.Contains("compact", StringComparison.Ordinal) == true)
            yield return Problem(
                "is compacted: of records with the same key, which is the source, only the last would be kept; "
                + "set cleanup.policy to delete");

        TopicFinding Problem(string text, bool blocks = false) => new(topic.Name, text, blocks);
    }

    private static long? Number(DescribeConfigsResult topic, string key) =>
        topic.Entries.GetValueOrDefault(key) is { } entry ? long.Parse(entry.Value, CultureInfo.InvariantCulture) : null;

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
        Configs = Configuration(topic),
    };

    private Dictionary<string, string> Configuration(TopicSpecification topic)
    {
        var configuration = new Dictionary<string, string>
        {
            ["retention.ms"] = (topic.Retention?.TotalMilliseconds ?? -1).ToString("F0", CultureInfo.InvariantCulture),
            ["max.message.bytes"] = settings.MaxMessageBytes.ToString(CultureInfo.InvariantCulture),
            ["cleanup.policy"] = "delete",
        };
        if (settings.MinInSyncReplicas > 0)
            configuration["min.insync.replicas"] = settings.MinInSyncReplicas.ToString(CultureInfo.InvariantCulture);
        return configuration;
    }

    private Task<Metadata> MetadataAsync(IAdminClient admin, CancellationToken cancellation) =>
        Task.Run(() => admin.GetMetadata(settings.RequestTimeout), cancellation);

    private static List<TopicSpecification> Missing(IReadOnlyList<TopicSpecification> topics, Metadata metadata) =>
        [.. topics.Where(t => metadata.Topics.Find(m => m.Topic == t.Name) is not { Partitions.Count: > 0 })];
}
