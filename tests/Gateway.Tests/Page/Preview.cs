using System.Globalization;
using MoodStream.Contracts;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit;

namespace MoodStream.GatewayTests.Page;

/// <summary>The page on real photographs and a made-up stream, for people to look at.</summary>
public sealed class Preview
{
    // Started by hand: MoodStream.Gateway.Tests -explicit only -class MoodStream.GatewayTests.Page.Preview
    [Fact(Explicit = true)]
    public async Task Page_MadeUpStream_IsServedForTwoMinutes()
    {
        var photos = Directory.GetFiles(SharedFiles.Require("data", "photos")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        await using var app = new GatewayApp(port: 8099);
        app.Clock.SetUtcNow(TimeProvider.System.GetUtcNow());
        app.StartServer();
        var references = new List<string>();
        foreach (var photo in photos) references.Add(await app.Store.PutAsync(photo, CancellationToken.None));
        var chance = new Random(20260314);
        for (var second = -280; second < 0; second++) Second(app, references, chance, TimeProvider.System.GetUtcNow().AddSeconds(second));
        for (var second = 0; second < 120; second++)
        {
            Second(app, references, chance, TimeProvider.System.GetUtcNow());
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            app.Clock.SetUtcNow(TimeProvider.System.GetUtcNow());
        }
    }

    private static void Second(GatewayApp app, List<string> references, Random chance, DateTimeOffset at)
    {
        var wave = 14 + 6 * Math.Sin(at.ToUnixTimeSeconds() / 40.0);
        for (var i = 0; i < wave + 3 * chance.NextDouble(); i++)
        {
            var offset = app.Feed.NextOffset();
            var imageId = $"018f-{offset.ToString("x8", CultureInfo.InvariantCulture)}";
            var when = at.AddMilliseconds(chance.Next(1000) - 1000);
            var source = $"belt-{1 + chance.Next(4)}";
            if (chance.NextDouble() < 0.02)
            {
                var reason = chance.NextDouble() < 0.5 ? DeadLetterReason.TooManyPixels : DeadLetterReason.Truncated;
                app.Feed.Write(app.Feed.DeadLetter(imageId, reason, when, reference: references[chance.Next(references.Count)]));
                continue;
            }
            var ood = chance.NextDouble() < 0.09;
            var score = ood ? 420 + 700 * chance.NextDouble() : 400 - 260 * Math.Sqrt(chance.NextDouble());
            app.Feed.Write(app.Feed.Record(Samples.Scored(imageId, when, score > 400 ? Verdict.Review : Verdict.Accept) with
            {
                Source = source,
                Gate = source == "belt-4" ? "fabric" : "parts",
                PromisedFalseAlarmRate = source == "belt-4" ? 0.02 : 0.05,
                Score = score,
                PValue = Math.Max(0.0004, Math.Exp(-score / 90)),
                DataReference = references[chance.Next(references.Count)],
                ReceivedAt = when.AddMilliseconds(-40 - 160 * chance.NextDouble()),
            }));
        }
    }
}
