using System.Text.Json.Nodes;
using MoodStream.Contracts;

namespace MoodStream.RepositoryTests;

/// <summary>docs/asyncapi.json says what the contracts say.</summary>
public sealed class AsyncApiTests
{
    private static readonly string Path = Checkout.PathOf("docs", "asyncapi.json");

    [Fact]
    public void Document_EqualsTheContracts()
    {
        var expected = AsyncApiDocument.Text();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(Path, expected);

        Assert.True(File.Exists(Path) && File.ReadAllText(Path) == expected,
            "docs/asyncapi.json differs from the contracts; UPDATE_DOCS=1 ./test Repository rewrites it.");
    }

    [Fact]
    public void Document_EveryReference_LeadsSomewhere()
    {
        var document = JsonNode.Parse(AsyncApiDocument.Text())!;
        var references = All(document).OfType<JsonObject>().Select(o => o["$ref"]?.GetValue<string>()).OfType<string>().ToList();

        Assert.NotEmpty(references);
        Assert.All(references, r => Assert.NotNull(r.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, step) => node?[step])));
    }

    [Fact]
    public void Document_EveryWord_IsThere()
    {
        var described = All(JsonNode.Parse(AsyncApiDocument.Text())!).OfType<JsonObject>().Where(o => o.ContainsKey("description")).ToList();

        Assert.NotEmpty(described);
        Assert.All(described, d => Assert.NotEqual("", d["description"]!.GetValue<string>()));
    }

    [Fact]
    public void Document_ScoredImage_DemandsWhatTheReaderDemands()
    {
        var schema = JsonNode.Parse(AsyncApiDocument.Text())!["components"]!["schemas"]!["imageScored"]!;
        var demanded = schema["required"]!.AsArray().Select(n => n!.GetValue<string>());

        Assert.Equal(WireJson.Default.ImageScored.Properties.Where(p => p.IsRequired).Select(p => p.Name), demanded);
        Assert.Equal(["accept", "review"], schema["properties"]!["verdict"]!["enum"]!.AsArray().Select(n => n!.GetValue<string>()));
        Assert.Equal("date-time", schema["properties"]!["scoredAt"]!["format"]!.GetValue<string>());
    }

    private static IEnumerable<JsonNode> All(JsonNode node)
    {
        var below = node switch
        {
            JsonObject its => its.Select(p => p.Value),
            JsonArray its => its,
            _ => [],
        };
        return below.OfType<JsonNode>().SelectMany(All).Prepend(node);
    }
}
