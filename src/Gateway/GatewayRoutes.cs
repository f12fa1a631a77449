using MoodStream.Gateway.Http;
using MoodStream.Gateway.Ingest;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Review.Access;

namespace MoodStream.Gateway;

/// <summary>Maps and describes every route under <c>/v1</c>.</summary>
internal static class GatewayRoutes
{
    /// <summary>Images in.</summary>
    public static void MapIngest(this WebApplication app) => app
        .MapPost(Routes.Images, (string source, HttpContext context, IngestEndpoint endpoint) => endpoint.PostAsync(source, context))
        .WithName("PutImagesIn").WithTags("Images")
        .WithSummary("Puts one image, or several, in front of the gate.")
        .WithDescription(
            "Answers 202 once the broker has acknowledged the record: the image is safe, its verdict comes later. "
            + "The media type is checked against the first bytes. A multipart request is answered per part: 202 if at least "
            + "one image is in, with one entry per part; otherwise the problem of the first part, with all of them in `images`.")
        .Produces<TakenImage>(StatusCodes.Status202Accepted)
        .Refuses(
            ProblemKind.InvalidSource, ProblemKind.InvalidImageId, ProblemKind.InvalidSubject, ProblemKind.EmptyImage, ProblemKind.InvalidMultipart,
            ProblemKind.IncompleteBody, ProblemKind.CrossSite, ProblemKind.ImageTooLarge, ProblemKind.UnsupportedMediaType,
            ProblemKind.IngressBusy, ProblemKind.SourceOverQuota, ProblemKind.UploadMemoryFull, ProblemKind.BrokerUnavailable, ProblemKind.ImageStoreUnavailable)
        .DescribesIngest()
        .DisableAntiforgery()
        .GuardedWhereAsked(ReviewPolicies.Ingest, app.Configuration);

    /// <summary>The live view.</summary>
    public static void MapLive(this WebApplication app)
    {
        app.MapResults();
        app.MapRates();
        app.MapEvents();
        app.MapImage();
    }

    private static RouteHandlerBuilder Guarded(this RouteHandlerBuilder endpoint, WebApplication app) =>
        endpoint.GuardedWhereAsked(ReviewPolicies.Watch, app.Configuration);

    private static RouteHandlerBuilder GuardedWhereAsked(this RouteHandlerBuilder endpoint, string policy, IConfiguration configuration) =>
        AccessModule.GuardsImages(configuration)
            ? endpoint.RequireAuthorization(policy)
                .Refuses(ProblemKind.NotAuthenticated, ProblemKind.NotAllowed, ProblemKind.ForgedRequest, ProblemKind.TooManyAttempts)
            : endpoint;

    private static void MapResults(this WebApplication app)
    {
        app.MapGet(Routes.Results, (string? verdict, string? source, string? limit, HttpContext context, LiveEndpoints live) =>
                live.GetResults(verdict, source, limit, context))
            .Guarded(app).WithName("ListResults").WithTags("Live")
            .WithSummary("The newest results, newest first.")
            .WithDescription("What this gateway has seen on accepted, review and the dead letters, kept in memory; the topics keep all.")
            .Produces<NewestResults>()
            .Refuses(ProblemKind.InvalidQuery)
            .DescribesQuery("verdict", "Only results that ended so.", GatewayOpenApi.OneOf(LiveVerdicts.WireNames))
            .DescribesQuery("source", "Only results of this source.", new() { Type = Microsoft.OpenApi.JsonSchemaType.String })
            .DescribesQuery("limit", "At most so many; 100 unless told.", GatewayOpenApi.Number(1, 10_000));

        app.MapGet(Routes.OneResult, (string imageId, HttpContext context, LiveEndpoints live) => live.GetResult(imageId, context))
            .Guarded(app).WithName("ReadResult").WithTags("Live")
            .WithSummary("The result of one image, once there is one and while it is among the newest.")
            .Produces<LiveResult>()
            .Refuses(ProblemKind.NotAmongNewest);
    }

    private static void MapRates(this WebApplication app) =>
        app.MapGet(Routes.Rates, (string? resolution, string? steps, HttpContext context, LiveEndpoints live) =>
                live.GetRates(resolution, steps, context))
            .Guarded(app).WithName("ReadRates").WithTags("Live")
            .WithSummary("Images per step of time, OOD rate of each gate, latency and lag.")
            .Produces<RateSeries>()
            .Refuses(ProblemKind.InvalidQuery)
            .DescribesQuery("resolution", "Length of a step; second unless told.", GatewayOpenApi.OneOf(["second", "minute"]))
            .DescribesQuery(
                "steps", "The newest so many steps; all that are kept unless told: 300 seconds or 1,440 minutes.",
                GatewayOpenApi.Number(1, 1440));

    private static void MapEvents(this WebApplication app) =>
        app.MapGet(Routes.Events, (HttpContext context, LiveEndpoints live) => live.GetEvents(context))
            .Guarded(app).WithName("FollowEvents").WithTags("Live")
            .WithSummary("Server-sent events: hello, result, rates (once a second), dropped.")
            .WithDescription(
                "`hello` comes first: read the newest results then. `result` has one result, `rates` the newest steps. "
                + "A client that reads too slowly misses the oldest events and is told how many by `dropped`.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .Refuses(ProblemKind.TooManyEventClients);

    private static void MapImage(this WebApplication app) =>
        app.MapGet(Routes.OneImage, (string imageId, HttpContext context, LiveEndpoints live) => live.GetImageAsync(imageId, context))
            .Guarded(app).WithName("ReadImage").WithTags("Images")
            .WithSummary("The bytes of one of the newest images.")
            .WithDescription("Only raster formats, told by their bytes, whatever the producer declared; sandboxed and never sniffed.")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Jpeg, MediaTypes.Png, MediaTypes.WebP, MediaTypes.Bmp, MediaTypes.Gif)
            .Refuses(ProblemKind.NotAmongNewest, ProblemKind.ImageNotShown, ProblemKind.ImageStoreUnavailable);
}
