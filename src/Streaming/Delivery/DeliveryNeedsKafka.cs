using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Streaming.Delivery;

/// <summary>Exactly-once needs a Kafka that has transactions: the embedded one answers as if it had, and keeps nothing of them.</summary>
internal sealed class DeliveryNeedsKafka(IConfiguration configuration) : IValidateOptions<DeliverySettings>
{
    private const string ProfileKey = $"{KafkaSettings.Section}:{nameof(KafkaSettings.Profile)}";

    public ValidateOptionsResult Validate(string? name, DeliverySettings options)
    {
        var production = string.Equals(configuration[ProfileKey], nameof(KafkaProfile.Production), StringComparison.OrdinalIgnoreCase);
        return !options.Transactional || production
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{DeliverySettings.Section}:{nameof(DeliverySettings.Delivery)} is '{options.Delivery}'; allowed with "
                + $"{ProfileKey} = {KafkaProfile.Production} only: the embedded Kafka has no transactions.");
    }
}
