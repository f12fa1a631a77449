using System.CommandLine;
using System.CommandLine.Parsing;
using MoodStream.Cli.Terminal;
using MoodStream.Streaming.Images;

namespace MoodStream.Cli.Ingest;

/// <summary><c>mood ingest</c>: puts images of folders, buckets, videos, cameras and DICOM servers in through the gateway.</summary>
internal static class IngestCommand
{
    private static readonly Option<Uri?> Gateway = new("--gateway")
    {
        Description = "Address of the gateway.", HelpName = "URL", CustomParser = ParseAddress, DefaultValueFactory = _ => new("http://127.0.0.1:8080"),
    };

    private static readonly Option<string?> Source = new("--source") { Description = "Source id of all images; default: each file's folder gives it.", HelpName = "ID" };
    private static readonly Option<FileInfo?> State = new("--state") { Description = "File that remembers how far it came; without it every start begins anew.", HelpName = "FILE" };
    private static readonly Option<int> AtOnce = new("--at-once") { Description = "Images on their way at the same time.", DefaultValueFactory = _ => 4 };
    private static readonly Option<TimeSpan?> Interval = Time("--interval", "Time between two looks; default 1s.");
    private static readonly Option<TimeSpan?> For = Time("--for", "How long to go on; default: until Ctrl-C.");
    private static readonly Option<int> Every = new("--every") { Description = "Take every so many frames one.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double?> Motion = new("--motion") { Description = "Take a frame only if it differs by so much from the one before, in [0, 1]; 0.003 leaves out a still picture.", HelpName = "SCORE" };
    private static readonly Option<TimeSpan?> Silence = Time("--silence", "Open a live source again after so long without a frame; default 30s.");
    private static readonly Option<TimeSpan?> GiveUp = Time("--give-up", "Give a live source up after so long without a frame; default 10m.");
    private static readonly Option<FileInfo?> Json = Verb.Json();
    private static readonly Argument<DirectoryInfo> Folder = new("DIR") { Description = "The folder." };
    private static readonly Argument<Uri?> Orthanc = new("URL") { Description = "Address of Orthanc, for instance http://127.0.0.1:8042.", CustomParser = ParseAddress };

    private static readonly Argument<S3Address> Bucket = new("s3://BUCKET/PREFIX") { Description = "The bucket, and what the keys begin with; credentials are those of the AWS SDK (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).", CustomParser = ParseBucket };
    private static readonly Option<Uri?> Endpoint = new("--endpoint") { Description = "Address of a store that is not AWS, for instance http://127.0.0.1:9000.", HelpName = "URL", CustomParser = ParseAddress };
    private static readonly Option<string> Region = new("--region") { Description = "Region.", DefaultValueFactory = _ => new S3Settings().Region };

    private static readonly Argument<string[]> Videos = new("NAME=ADDRESS")
    {
        Description = "Source id and where its frames are: a video file, /dev/video0, rtsp://…", Arity = ArgumentArity.OneOrMore,
    };

    public static Command Create() => new("ingest", "Put images in through the gateway: from folders, buckets, videos, cameras and DICOM servers.")
    {
        new Command("folder", "Watch a folder and send every image once it is whole.") { Folder, Gateway, Source, State, AtOnce, Interval, For, Json }
            .Runs((parsed, stop) => RunAsync(parsed, WatchAsync, stop)),
        new Command("tree", "Send every image of a folder tree once, and go on where it stopped.") { Folder, Gateway, Source, State, AtOnce, Json }
            .Runs((parsed, stop) => RunAsync(parsed, TreeAsync, stop)),
        new Command("s3", "Send every image below an S3 prefix once, and go on where it stopped.") { Bucket, Endpoint, Region, Gateway, Source, State, AtOnce, Json }
            .Runs((parsed, stop) => RunAsync(parsed, S3Async, stop)),
        new Command("video", "Send frames of video files, cameras and streams, read through ffmpeg.") { Videos, Gateway, Every, Motion, Silence, GiveUp, For, Json }
            .Runs((parsed, stop) => RunAsync(parsed, VideoAsync, stop)),
        new Command("orthanc", "Follow a DICOM server (Orthanc) and send the rendered frames of new instances.") { Orthanc, Gateway, State, Interval, For, Json }
            .Runs((parsed, stop) => RunAsync(parsed, OrthancAsync, stop)),
    };

    private static async Task<int> RunAsync(ParseResult parsed, Func<Ingestion, CancellationToken, Task> work, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = Slashed(parsed.GetRequiredValue(Gateway)!) };
        var ingestion = new Ingestion(parsed, new GatewayClient(http, TimeProvider.System), new IngestTally(Console.Error), TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (Given(parsed, For) is { } time) end.CancelAfter(time);
        try
        {
            await work(ingestion, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Told to end, by Ctrl-C or by the clock: what was done is told below.
        }
        var result = ingestion.Tally.Result;
        Console.WriteLine($"{result.Read} read: {result.Taken} taken, {result.Refused} refused, {result.Dropped} dropped; {result.Reconnects} reconnects.");
        JsonReport.Write(parsed.GetValue(Json), result, IngestJson.Types.IngestResult);
        return result.Refused == 0 && result.Evicted.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static Task WatchAsync(Ingestion ingestion, CancellationToken stop)
    {
        var (root, sender) = Files(ingestion);
        return new FolderWatch(root, ingestion.Parsed.GetValue(State), sender, ingestion.Clock)
            .RunAsync(Given(ingestion.Parsed, Interval) ?? TimeSpan.FromSeconds(1), AtOnceOf(ingestion.Parsed), stop);
    }

    private static Task TreeAsync(Ingestion ingestion, CancellationToken stop)
    {
        var (root, sender) = Files(ingestion);
        return new TreeIngest(root, ingestion.Parsed.GetValue(State), sender).RunAsync(AtOnceOf(ingestion.Parsed), stop);
    }

    private static async Task S3Async(Ingestion ingestion, CancellationToken stop)
    {
        var parsed = ingestion.Parsed;
        var place = parsed.GetRequiredValue(Bucket);
        using var s3 = S3Clients.Create(parsed.GetValue(Endpoint), parsed.GetRequiredValue(Region));
        var sender = new S3Sender(s3, place, parsed.GetValue(Source), ingestion.Client, ingestion.Tally);
        await new S3Ingest(s3, place, parsed.GetValue(State), sender).RunAsync(AtOnceOf(parsed), stop);
    }

    private static async Task VideoAsync(Ingestion ingestion, CancellationToken stop)
    {
        var parsed = ingestion.Parsed;
        var (every, motion) = (parsed.GetValue(Every), parsed.GetValue(Motion));
        if (every < 1) throw new CliException($"--every is {every}; it is 1 or more.", ExitCode.WrongUsage);
        if (motion is < 0 or > 1) throw new CliException($"--motion is {motion}; it lies in 0..1.", ExitCode.WrongUsage);
        var frames = new FrameSettings { Every = every, Motion = motion, Silence = Given(parsed, Silence) ?? new FrameSettings().Silence };
        var again = new ReconnectSettings { GiveUpAfter = Given(parsed, GiveUp) ?? new ReconnectSettings().GiveUpAfter };
        var videos = parsed.GetRequiredValue(Videos).Select(v => NamedValue.Parse("a video", v, "NAME=ADDRESS")).Select(v => new VideoSource(v.Name, v.Value)).ToList();
        await Task.WhenAll(videos.Select(video =>
            new VideoIngest(new(frames, ingestion.Clock), again, ingestion.Client, ingestion.Tally, ingestion.Clock).RunAsync(video, stop)));
    }

    private static async Task OrthancAsync(Ingestion ingestion, CancellationToken stop)
    {
        using var orthanc = new HttpClient { BaseAddress = Slashed(ingestion.Parsed.GetRequiredValue(Orthanc)!) };
        await new OrthancFeed(orthanc, ingestion.Parsed.GetValue(State), ingestion.Client, ingestion.Tally, ingestion.Clock)
            .RunAsync(Given(ingestion.Parsed, Interval) ?? TimeSpan.FromSeconds(1), stop);
    }

    private static (string Root, FileSender Sender) Files(Ingestion ingestion)
    {
        var folder = ingestion.Parsed.GetRequiredValue(Folder);
        if (!folder.Exists) throw new CliException($"{folder.FullName}: there is no such folder.");
        return (folder.FullName, new FileSender(folder.FullName, ingestion.Parsed.GetValue(Source), ingestion.Client, ingestion.Tally));
    }

    private static int AtOnceOf(ParseResult parsed) => parsed.GetValue(AtOnce) is >= 1 and <= 256 and var count
        ? count
        : throw new CliException($"--at-once is {parsed.GetValue(AtOnce)}; it lies in 1..256.", ExitCode.WrongUsage);

    /// <summary>An option's value; null too where the verb at hand has no such option.</summary>
    private static TimeSpan? Given(ParseResult parsed, Option<TimeSpan?> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    private static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description, HelpName = "TIME", CustomParser = argument => Durations.Parse(argument),
    };

    private static Uri? ParseAddress(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)) return address;
        argument.AddError($"'{text}' is no address; write for instance http://127.0.0.1:8080.");
        return null;
    }

    private static S3Address ParseBucket(ArgumentResult argument)
    {
        if (S3Address.TryParse(argument.Tokens.Single().Value, out var place)) return place;
        argument.AddError($"'{argument.Tokens.Single().Value}' is no bucket; write for instance s3://archive/line-3/.");
        return default;
    }

    // Without the slash the last part of a base address would be replaced, not extended.
    private static Uri Slashed(Uri address) => address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

    private sealed record Ingestion(ParseResult Parsed, GatewayClient Client, IngestTally Tally, TimeProvider Clock);
}
