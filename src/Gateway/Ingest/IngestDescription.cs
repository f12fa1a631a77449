using Microsoft.OpenApi;
using MoodStream.Gateway.Http;

namespace MoodStream.Gateway.Ingest;

/// <summary>What the API description says of the ingest endpoint beyond its code.</summary>
internal static class IngestDescription
{
    /// <summary>Describes the body, the id headers and the source of the ingest endpoint.</summary>
    public static RouteHandlerBuilder DescribesIngest(this RouteHandlerBuilder endpoint) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var binary = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            var content = MediaTypes.OneImage.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = binary });
            content[MediaTypes.Multipart] = new()
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = binary },
            };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "One encoded image; or several, each a part of its own with its content type.",
                Content = content,
            };
            operation.Parameters ??= [];
            foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(p => p.Name == "source"))
            {
                parameter.Description = $"Source id (camera, modality, tenant): {SourceId.Rule}.";
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = SourceId.Pattern };
            }
            operation.Parameters.Add(IdHeader(ImageIdentity.IdempotencyKey, "An id for the image, so that a repeated request repeats the image"));
            operation.Parameters.Add(IdHeader(ImageIdentity.CloudEventsId, "The same, as CloudEvents spell it"));
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = ImageSubject.CloudEventsSubject,
                In = ParameterLocation.Header,
                Description = $"What of the source the image shows (a study, a lot, a work order): {ImageSubject.Rule}. Repeated in the result.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = ImageSubject.Pattern },
            });
            if (operation.Responses?["202"] is OpenApiResponse response)
                response.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    ["Location"] = GatewayOpenApi.Header(
                        "Where the result can be read once there is one.", new() { Type = JsonSchemaType.String, Format = "uri-reference" }),
                };
            return Task.CompletedTask;
        });

    private static OpenApiParameter IdHeader(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = $"{description}: {ImageIdentity.Rule}. Left out: an id is made.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$" },
    };
}
