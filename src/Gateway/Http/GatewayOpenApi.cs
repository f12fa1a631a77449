using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace MoodStream.Gateway.Http;

/// <summary>The API description: what the code alone does not tell.</summary>
internal static class GatewayOpenApi
{
    /// <summary>Name of the document.</summary>
    public const string Document = "v1";

    /// <summary>Adds the document.</summary>
    public static IServiceCollection AddGatewayOpenApi(this IServiceCollection services) => services.AddOpenApi(Document, options =>
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "MoodStream gateway",
                Version = Document,
                Description = "Puts images in front of the gate and shows how they end. "
                    + "Every error is application/problem+json (RFC 9457); its type is one of "
                    + string.Join(", ", Enum.GetValues<ProblemKind>().Select(TypeOf)) + ".",
                License = new() { Name = "Apache-2.0", Identifier = "Apache-2.0" },
            };
            // The address is the one at which the description was asked for.
            document.Servers = [];
            return Task.CompletedTask;
        }));

    /// <summary>Describes the refusals of an endpoint: one response per status, naming its problem types.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ProblemKind[] kinds)
    {
        foreach (var status in kinds.Select(kind => kind.Status()).Distinct()) endpoint.ProducesProblem(status);
        return endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var group in kinds.GroupBy(kind => kind.Status()))
            {
                if (operation.Responses?[group.Key.ToString()] is not OpenApiResponse response) continue;
                // An endpoint may be told of its refusals in several places; those told before are kept.
                string[] before = response.Description?.StartsWith('`') == true ? [response.Description] : [];
                response.Description = string.Join(" ", [.. before, .. group.Select(kind => $"{TypeOf(kind)}: {kind.Title()}")]);
                if (group.Key is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
                    response.Headers = new Dictionary<string, IOpenApiHeader>
                    {
                        ["Retry-After"] = Header("Seconds to wait.", new() { Type = JsonSchemaType.Integer }),
                    };
            }
            return Task.CompletedTask;
        });
    }

    /// <summary>Describes a query parameter.</summary>
    public static RouteHandlerBuilder DescribesQuery(
        this RouteHandlerBuilder endpoint, string name, string description, OpenApiSchema schema) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(p => p.Name == name) ?? [])
            {
                parameter.Description = description;
                parameter.Schema = schema;
            }
            return Task.CompletedTask;
        });

    /// <summary>Describes a request header.</summary>
    public static RouteHandlerBuilder DescribesHeader(this RouteHandlerBuilder endpoint, string name, string description) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name, In = ParameterLocation.Header, Required = true, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });

    /// <summary>A text out of a closed list.</summary>
    public static OpenApiSchema OneOf(IEnumerable<string> values) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. values.Select(value => (JsonNode)JsonValue.Create(value))],
    };

    /// <summary>A whole number in a range.</summary>
    public static OpenApiSchema Number(int least, int most) => new()
    {
        Type = JsonSchemaType.Integer,
        Minimum = least.ToString(),
        Maximum = most.ToString(),
    };

    private static string TypeOf(ProblemKind kind) => $"`{ProblemKinds.UrnPrefix}{kind.WireName()}`";

    /// <summary>A response header.</summary>
    public static OpenApiHeader Header(string description, OpenApiSchema schema) => new() { Description = description, Schema = schema };
}
