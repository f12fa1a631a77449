using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using MoodStream.Contracts;

namespace MoodStream.RepositoryTests;

/// <summary>The topics and messages of MoodStream as an AsyncAPI document, made of the contracts and their doc comments.</summary>
/// <remarks>
/// What it says is what a program that talks to MoodStream does: it sends images and requests for a refit, and receives the rest.
/// Source: AsyncAPI 3.0.0; its Kafka bindings 0.5.0; JSON Schema of payloads as System.Text.Json exports them.
/// </remarks>
internal static class AsyncApiDocument
{
    private const string BindingVersion = "0.5.0", Json = "application/json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly DocComments Comments = DocComments.OfTheProduct();

    /// <summary>Messages, with the topics they are on and what they are keyed by.</summary>
    private static readonly Message[] Messages =
    [
        new("imageReceived", [Topics.Images], null, "The source id.", Headers(dead: false)),
        new("imageGivenUp", [Topics.DeadLetters], null, "As on the input.", Headers(dead: true)),
        new("imageScored", [Topics.Accepted, Topics.Review], WireJson.Default.ImageScored, "As on the input.", Headers(dead: false)),
        new("reviewDecided", [Topics.Decisions], WireJson.Default.ReviewDecided, "The source id.", Headers(dead: false)),
        new("refitRequested", [Topics.Control], WireJson.Default.RefitRequested, "The gate.", Headers(dead: false)),
        new("refitEnded", [Topics.Control], WireJson.Default.RefitEnded, "The gate.", Headers(dead: false)),
        new("auditRecorded", [Topics.Audit], WireJson.Default.AuditRecorded, "The gate.", Headers(dead: false)),
    ];

    /// <summary>The document, with a line feed at its end.</summary>
    public static string Text() => new JsonObject
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "MoodStream",
            ["version"] = "1",
            ["description"] = "Topics and messages of MoodStream, as a program sees them that sends images and reads verdicts. The words are those of docs/topics.md.",
            ["license"] = new JsonObject { ["name"] = "Apache-2.0" },
        },
        ["defaultContentType"] = Json,
        ["channels"] = Of(Topics.All, ChannelName, Channel),
        ["operations"] = Of(Topics.All, t => $"{Action(t.Name)}.{ChannelName(t)}", Operation),
        ["components"] = new JsonObject
        {
            ["messages"] = Of(Messages, m => m.Name, Described),
            ["schemas"] = Of(Messages.Where(m => m.Payload is not null), m => m.Name, m => Schema(m.Payload!)),
        },
    }.ToJsonString(Indented) + "\n";

    private static JsonObject Channel(TopicSpecification topic) => new()
    {
        ["address"] = topic.Name,
        ["description"] = Words(Constants(typeof(Topics)).Single(c => (string)c.GetRawConstantValue()! == topic.Name)),
        ["messages"] = Of(Messages.Where(m => m.Topics.Contains(topic.Name)), m => m.Name, m => Reference($"#/components/messages/{m.Name}")),
        ["bindings"] = Kafka(new()
        {
            ["topic"] = topic.Name,
            ["partitions"] = topic.Partitions,
            ["topicConfiguration"] = new JsonObject { ["retention.ms"] = topic.Retention is { } kept ? (long)kept.TotalMilliseconds : -1 },
        }),
    };

    private static JsonObject Operation(TopicSpecification topic) => new()
    {
        ["action"] = Action(topic.Name),
        ["channel"] = Reference($"#/channels/{ChannelName(topic)}"),
        ["messages"] = new JsonArray([.. Messages.Where(m => m.Topics.Contains(topic.Name))
            .Where(m => topic.Name != Topics.Control || m.Payload == WireJson.Default.RefitRequested)
            .Select(m => Reference($"#/channels/{ChannelName(topic)}/messages/{m.Name}"))]),
    };

    private static JsonObject Described(Message message)
    {
        var described = new JsonObject
        {
            ["name"] = message.Name,
            ["headers"] = message.Headers.DeepClone(),
            ["bindings"] = Kafka(new() { ["key"] = new JsonObject { ["type"] = "string", ["description"] = message.Key } }),
        };
        if (message.Payload is { } payload)
        {
            described["summary"] = Comments.Of(payload.Type);
            described["contentType"] = Json;
            described["payload"] = Reference($"#/components/schemas/{message.Name}");
        }
        else
        {
            described["summary"] = "An encoded image: JPEG, PNG, WebP, BMP or GIF; or nothing, where a header has its claim-check.";
            described["contentType"] = "application/octet-stream";
        }

        return described;
    }

    /// <summary>JSON Schema of a payload, each member with the words of its doc comment; instants and bytes by format.</summary>
    private static JsonObject Schema(JsonTypeInfo payload)
    {
        var schema = payload.GetJsonSchemaAsNode(new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Worded }).AsObject();
        schema.Insert(0, "description", Comments.Of(payload.Type));
        return schema;
    }

    private static JsonNode Worded(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject its) return schema;
        if (context.TypeInfo.Type == typeof(byte[])) its["contentEncoding"] = "base64";
        if (context.PropertyInfo is not { AttributeProvider: PropertyInfo property }) return schema;
        its.Insert(0, "description", Comments.Of(property.DeclaringType!, property));
        return its;
    }

    private static JsonObject Headers(bool dead) => new()
    {
        ["type"] = "object",
        ["properties"] = Of(
            Constants(typeof(RecordHeaders)).Where(h => dead || !h.Name.StartsWith("DeadLetter", StringComparison.Ordinal)),
            h => (string)h.GetRawConstantValue()!,
            h => new JsonObject { ["type"] = "string", ["description"] = Words(h) }),
    };

    private static JsonObject Of<T>(IEnumerable<T> items, Func<T, string> name, Func<T, JsonObject> value) =>
        new(items.Select(i => KeyValuePair.Create(name(i), (JsonNode?)value(i))));

    private static JsonObject Kafka(JsonObject binding)
    {
        binding["bindingVersion"] = BindingVersion;
        return new() { ["kafka"] = binding };
    }

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };

    private static string Action(string topic) => topic is Topics.Images or Topics.Control ? "send" : "receive";

    private static string ChannelName(TopicSpecification topic) =>
        Constants(typeof(Topics)).Single(c => (string)c.GetRawConstantValue()! == topic.Name).Name.ToLower(CultureInfo.InvariantCulture);

    private static FieldInfo[] Constants(Type type) => [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral)];

    private static string Words(FieldInfo constant) => Comments.Of(constant);

    /// <param name="Name">Name in the document.</param>
    /// <param name="Topics">Topics it is on.</param>
    /// <param name="Payload">Its value; null: an image's bytes.</param>
    /// <param name="Key">What it is keyed by.</param>
    /// <param name="Headers">Schema of its headers.</param>
    private sealed record Message(string Name, string[] Topics, JsonTypeInfo? Payload, string Key, JsonObject Headers);
}
