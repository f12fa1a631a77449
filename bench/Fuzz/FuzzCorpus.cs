using System.Text;
using MoodStream.Contracts;

namespace MoodStream.Bench.Fuzz;

/// <summary>Hostile images and records, made by code: the same seed makes the same ones.</summary>
/// <param name="frames">Sound images to spoil.</param>
/// <param name="seed">Seed of all chance.</param>
/// <param name="largestHeader">Bytes of the largest header; below what the broker takes.</param>
internal sealed class FuzzCorpus(IReadOnlyList<byte[]> frames, int seed, int largestHeader)
{
    /// <summary>One item in so many carries the largest header: each weighs as much as hundreds of others.</summary>
    private const int OneLargeIn = 100;

    private const string Jpeg = "image/jpeg", Png = "image/png";
    private static readonly byte[] NoUtf8 = [0xC3, 0x28, 0xFF, 0xFE, 0xED, 0xA0, 0x80];

    private static readonly string[] Escapes =
    [
        "../../../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/", "http://169.254.169.254/latest/", "sha256/../../x", "/dev/zero", "\0", "%2e%2e%2f",
    ];

    private readonly Random _random = new(seed);
    private readonly byte[] _large = Letters(largestHeader);

    /// <summary>The items, each of another kind than the one before.</summary>
    public IEnumerable<FuzzItem> Items(int count)
    {
        Func<string, FuzzItem>[] kinds =
        [
            ByHttp("bits flipped, HTTP", Jpeg, () => Mutations.FlipBits(Frame(), _random)),
            Straight("bits flipped", () => Mutations.FlipBits(Frame(), _random)),
            ByHttp("cut off, HTTP", Jpeg, () => Mutations.Truncate(Frame(), _random)),
            Straight("cut off", () => Mutations.Truncate(Frame(), _random)),
            ByHttp("size that is a lie, HTTP", Png, () => Mutations.LieOfPng(_random)),
            Straight("size that is a lie", () => Mutations.LieOfJpeg(Frame(), _random)),
            ByHttp("bomb, HTTP", Png, () => Mutations.Bomb(_random.Next(2) == 0)),
            Straight("bomb", () => Mutations.Bomb(_random.Next(2) == 0)),
            ByHttp("another media type, HTTP", Png, Frame),
            Straight("noise", () => Noise(_random.Next(1, 5_000))),
            Straight("nothing", () => []),
            Straight("id that is no text", Frame, (RecordHeaders.Id, NoUtf8)),
            Straight("id of control characters", Frame, (RecordHeaders.Id, "\n\r\0"u8.ToArray())),
            Straight("id of 10,000 characters", Frame, (RecordHeaders.Id, Letters(10_000))),
            Straight("id without a value", Frame, (RecordHeaders.Id, null)),
            Straight("headers that are no text", Frame, (RecordHeaders.Source, NoUtf8), (RecordHeaders.Type, NoUtf8), (RecordHeaders.TraceParent, NoUtf8)),
            Straight("claim-check that leads out", () => [], (RecordHeaders.DataReference, Encoding.UTF8.GetBytes(Escapes[_random.Next(Escapes.Length)]))),
            Straight("headers of a dead letter", Frame, (RecordHeaders.DeadLetterReason, "accepted"u8.ToArray()), (RecordHeaders.DeadLetterEvidence, NoUtf8)),
            id => new("source that is no text", id, Frame()) { Key = NoUtf8, Headers = [Text(RecordHeaders.Id, id)] },
            id => new("a thousand headers", id, Frame())
            {
                Headers = [Text(RecordHeaders.Id, id), .. Enumerable.Range(0, 1_000).Select(i => new KeyValuePair<string, byte[]?>($"h{i}", NoUtf8))],
            },
        ];
        for (var i = 0; i < count; i++)
        {
            var id = $"fuzz-{i:D6}";
            yield return i % OneLargeIn == OneLargeIn - 1 ? Large(id) : kinds[i % kinds.Length](id);
        }
    }

    private byte[] Frame() => frames[_random.Next(frames.Count)];

    private byte[] Noise(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A header of megabytes beside a sound image, or beside none, whose dead letter has to carry it.</summary>
    private FuzzItem Large(string id) => new("header of megabytes", id, _random.Next(2) == 0 ? Frame() : Noise(100))
    {
        Headers = [Text(RecordHeaders.Id, id), new("large", _large)],
    };

    private static Func<string, FuzzItem> ByHttp(string kind, string mediaType, Func<byte[]> bytes) =>
        id => new FuzzItem(kind, id, bytes()) { MediaType = mediaType };

    private static Func<string, FuzzItem> Straight(string kind, Func<byte[]> bytes, params (string Name, byte[]? Value)[] headers) => id => new FuzzItem(kind, id, bytes())
    {
        Headers = headers.Any(h => h.Name == RecordHeaders.Id)
            ? [.. headers.Select(h => KeyValuePair.Create(h.Name, h.Value))]
            : [Text(RecordHeaders.Id, id), .. headers.Select(h => KeyValuePair.Create(h.Name, h.Value))],
    };

    private static KeyValuePair<string, byte[]?> Text(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    private static byte[] Letters(int count) => Encoding.ASCII.GetBytes(new string('x', count));
}
