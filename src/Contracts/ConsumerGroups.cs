namespace MoodStream.Contracts;

/// <summary>Consumer groups that more than one service speaks of.</summary>
public static class ConsumerGroups
{
    /// <summary>The scorers. Its lag on <see cref="Topics.Images"/> is what ingress looks at before it accepts more.</summary>
    public const string Scorer = "moodstream.scorer";

    /// <summary>The gateways, which open a review case for every image that goes to people. All gateways are one group.</summary>
    public const string Review = "moodstream.gateway.review";

    /// <summary>The gateways that tell decisions by HTTP.</summary>
    public const string Webhook = "moodstream.gateway.webhook";

    /// <summary>The trainers, which share the partitions of accepted, review and decisions.</summary>
    public const string Trainer = "moodstream.trainer";

    /// <summary>The trainers again, for requests on control: one of them takes each.</summary>
    public const string TrainerControl = "moodstream.trainer.control";
}
