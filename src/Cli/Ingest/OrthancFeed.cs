using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Ingest;

/// <summary>Follows the changes of an Orthanc server and sends the rendered frames of new instances.</summary>
/// <remarks>
/// The series is the source, so that its frames keep their order, and its study the subject. Only pixels, the number of frames and the unique
/// ids of series and study are asked for: no name, birth date or other field of a patient is read, let alone passed on. Burnt-in text stays burnt in.
/// Source: Orthanc REST API, /changes, /instances/{id}/content/{tag}, /instances/{id}/frames/{n}/rendered.
/// </remarks>
internal sealed class OrthancFeed(HttpClient orthanc, FileInfo? stateFile, GatewayClient client, IngestTally tally, TimeProvider clock)
{
    private const string NewInstance = "NewInstance", SeriesInstanceUid = "0020-000e", StudyInstanceUid = "0020-000d", NumberOfFrames = "0028-0008";
    private const int ChangesAtOnce = 100;

    /// <summary>Follows until cancelled.</summary>
    /// <param name="interval">Time between two questions where nothing is new.</param>
    /// <param name="cancellation">Stops in order: the state says how far it came.</param>
    /// <exception cref="CliException">Orthanc refuses, or is not there at the start.</exception>
    public async Task RunAsync(TimeSpan interval, CancellationToken cancellation)
    {
        var state = IngestState.Read(stateFile, orthanc.BaseAddress!.ToString());
        while (true)
        {
            var (last, done) = await TakeChangesAsync(state.Cursor ?? "0", cancellation);
            if (last != state.Cursor)
            {
                state = state with { Cursor = last };
                state.Write(stateFile);
            }
            if (done) await Task.Delay(interval, clock, cancellation);
        }
    }

    /// <summary>Takes the next changes; the number of the last, and whether there are no more.</summary>
    internal async Task<(string Last, bool Done)> TakeChangesAsync(string since, CancellationToken cancellation)
    {
        using var page = await AskAsync($"changes?since={since}&limit={ChangesAtOnce}", cancellation);
        foreach (var change in page.RootElement.GetProperty("Changes").EnumerateArray())
            if (change.GetProperty("ChangeType").GetString() == NewInstance)
                await SendAsync(change.GetProperty("ID").GetString()!, cancellation);
        return (page.RootElement.GetProperty("Last").GetInt64().ToString(CultureInfo.InvariantCulture), page.RootElement.GetProperty("Done").GetBoolean());
    }

    private async Task SendAsync(string instance, CancellationToken cancellation)
    {
        if (await TagAsync(instance, SeriesInstanceUid, cancellation) is not { } source) return;   // deleted meanwhile
        var study = await TagAsync(instance, StudyInstanceUid, cancellation);
        var many = await TagAsync(instance, NumberOfFrames, cancellation);
        var frames = int.TryParse(many, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1;
        for (var frame = 0; frame < frames; frame++)
        {
            using var answer = await orthanc.GetAsync(new Uri($"instances/{instance}/frames/{frame}/rendered", UriKind.Relative), cancellation);
            tally.Read();
            var name = $"instance {instance} frame {frame}";
            if (!answer.IsSuccessStatusCode) tally.Sent(name, $"Orthanc does not render it ({(int)answer.StatusCode})");
            else tally.Sent(name, await client.SendAsync(
                new(source, Id(instance, frame), await answer.Content.ReadAsByteArrayAsync(cancellation)) { Subject = study }, cancellation));
        }
    }

    private async Task<JsonDocument> AskAsync(string path, CancellationToken cancellation)
    {
        var bytes = await TryAskAsync(path, cancellation) ?? throw new CliException($"{orthanc.BaseAddress}{path}: Orthanc has nothing there; is this its address?");
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException e)
        {
            throw new CliException($"{orthanc.BaseAddress}{path}: {e.Message}");
        }
    }

    /// <summary>A tag's value without its padding; null where the instance has none, or is gone.</summary>
    private async Task<string?> TagAsync(string instance, string tag, CancellationToken cancellation) =>
        await TryAskAsync($"instances/{instance}/content/{tag}", cancellation) is { } value
        && Encoding.ASCII.GetString(value).Trim('\0', ' ') is { Length: > 0 } text
            ? text
            : null;

    private async Task<byte[]?> TryAskAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using var answer = await orthanc.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound) return null;
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadAsByteArrayAsync(cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new CliException($"{orthanc.BaseAddress}{path}: {e.Message}");
        }
    }

    private static string Id(string instance, int frame) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{instance}\n{frame}")))[..32];
}
