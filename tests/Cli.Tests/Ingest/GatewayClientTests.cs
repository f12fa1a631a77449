using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Cli.Ingest;
using MoodStream.TestKit;

namespace MoodStream.CliTests.Ingest;

/// <summary>What the client does with each kind of answer.</summary>
public sealed class GatewayClientTests
{
    private static readonly OutgoingImage Image = new("belt-1", "id-1", [1, 2, 3]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Taken_CarriesSourceIdAndBytes()
    {
        using var gateway = new FakeGateway();

        Assert.Null(await gateway.Client().SendAsync(Image, Cancellation));

        var (path, id, subject, bytes) = Assert.Single(gateway.Taken);
        Assert.Equal(("/v1/sources/belt-1/images", "id-1", null), (path, id, subject));
        Assert.Equal(Image.Bytes, bytes);
    }

    [Fact]
    public async Task Send_Busy_ComesBackWhenItWasToldTo()
    {
        var clock = new FakeTimeProvider();
        using var gateway = new FakeGateway { Answer = n => n == 0 ? Busy(TimeSpan.FromSeconds(7)) : null };

        var sending = gateway.Client(clock).SendAsync(Image, Cancellation);
        await Eventually.HoldsAsync(() => gateway.Requests == 1, "the first try");
        clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal(1, gateway.Requests);
        await Eventually.HoldsAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(0.2));                  // until the client has begun to wait
                return sending.IsCompleted;
            },
            "the second try");

        Assert.Null(await sending);
        Assert.Single(gateway.Taken);
    }

    [Fact]
    public async Task Send_NoGateway_GoesOnUntilThereIsOne()
    {
        using var gateway = new FakeGateway { Answer = n => n < 2 ? throw new HttpRequestException("connection refused") : null };

        Assert.Null(await gateway.Client().SendAsync(Image, Cancellation));
        Assert.Equal(3, gateway.Requests);
    }

    [Fact]
    public async Task Send_RefusedForGood_GivesTheReasonAndDoesNotRepeat()
    {
        using var gateway = new FakeGateway
        {
            Answer = _ => new(HttpStatusCode.UnsupportedMediaType) { Content = new StringContent("""{"detail": "These bytes begin as no image."}""") },
        };

        Assert.Equal("These bytes begin as no image.", await gateway.Client().SendAsync(Image, Cancellation));
        Assert.Equal(1, gateway.Requests);
    }

    [Fact]
    public async Task Send_RefusedByAProxy_GivesItsStatus()
    {
        using var gateway = new FakeGateway { Answer = _ => new(HttpStatusCode.Forbidden) { Content = new StringContent("<html>") } };

        Assert.Equal("403 Forbidden", await gateway.Client().SendAsync(Image, Cancellation));
    }

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(3, 1.6)]
    [InlineData(8, 30)]
    [InlineData(1_000, 30)]
    public void Pause_AfterSoManyTries_DoublesUpToTheLongest(int tries, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), GatewayClient.Pause(tries));

    private static HttpResponseMessage Busy(TimeSpan wait)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter = new RetryConditionHeaderValue(wait);
        return answer;
    }
}
