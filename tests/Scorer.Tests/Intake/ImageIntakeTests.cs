using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Scorer;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Telemetry;
using MoodStream.ScorerTests.Fakes;
using MoodStream.Streaming.Records;
using Prometheus;

namespace MoodStream.ScorerTests.Intake;

public sealed class ImageIntakeTests : IAsyncLifetime
{
    private const int MaxBytes = 20_000;

    private readonly Backbones _backbones;
    private readonly FakeImageStore _store = new();
    private readonly DeviceThread _device = new();
    private readonly GateCatalog _gates;
    private readonly ImageIntake _intake;

    public ImageIntakeTests(Backbones backbones)
    {
        _backbones = backbones;
        var settings = new ScorerSettings
        {
            MaxImageBytes = MaxBytes,
            Gates = new Dictionary<string, GateSettings> { ["default"] = new() { Backbone = backbones.File } },
        };
        var metrics = new ScorerMetrics(Metrics.NewCustomRegistry());
        _gates = new(settings, new FakeStatisticsStore(), _device, metrics, TimeProvider.System, NullLogger<GateCatalog>.Instance);
        _intake = new(settings, _gates, _store, new(settings, TimeProvider.System), metrics, TimeProvider.System);
    }

    public static TheoryData<string> BadSources => ["line\nbreak", "bell\u0007", "del\u007f", new string('a', 129)];

    public static TheoryData<string, DeadLetterReason> BadBytes => new()
    {
        { nameof(TestImages.Text), DeadLetterReason.UnsupportedFormat },
        { nameof(TestImages.CutJpeg), DeadLetterReason.Truncated },
        { nameof(TestImages.Bomb), DeadLetterReason.TooManyPixels },
        { nameof(TestImages.ZeroSizeGif), DeadLetterReason.ZeroSize },
        { nameof(TestImages.BrokenPng), DeadLetterReason.Undecodable },
    };

    public async ValueTask InitializeAsync() => await _gates.LoadAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _device.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Prepare_Key_IsTheSourceEvenBesideAHeader() =>
        Assert.Equal("belt-1", (await GoodAsync(Records.Input(0, _backbones.Accepted, "belt-1", headers: (RecordHeaders.Source, "other")))).Source);

    [Theory]
    [InlineData("study-17", "study-17")]
    [InlineData("a\nb", null)]
    [InlineData("", null)]
    public async Task Prepare_Subject_IsRepeatedUnlessItIsNoText(string subject, string? repeated) =>
        Assert.Equal(repeated, (await GoodAsync(Records.Input(0, _backbones.Accepted, "belt-1", headers: (RecordHeaders.Subject, subject)))).Subject);

    [Fact]
    public async Task Prepare_NoKey_HeaderIsTheSource() =>
        Assert.Equal("other", (await GoodAsync(Records.Input(0, _backbones.Accepted, key: null, headers: (RecordHeaders.Source, "other")))).Source);

    [Fact]
    public async Task Prepare_EmptyKeyAndNoHeader_SourceIsUnknown() =>
        Assert.Equal("unknown", (await GoodAsync(Records.Input(0, _backbones.Accepted, key: ""))).Source);

    [Fact]
    public async Task Prepare_KeyOf128Characters_IsASource() =>
        Assert.Equal(128, (await GoodAsync(Records.Input(0, _backbones.Accepted, key: new string('ä', 128)))).Source.Length);

    [Theory, MemberData(nameof(BadSources))]
    public async Task Prepare_SourceThatIsNone_IsInvalidFromKeyAndHeader(string source)
    {
        Assert.Equal(DeadLetterReason.InvalidSource, await ReasonAsync(Records.Input(0, _backbones.Accepted, source)));
        Assert.Equal(DeadLetterReason.InvalidSource, await ReasonAsync(Records.Input(0, _backbones.Accepted, null, headers: (RecordHeaders.Source, source))));
    }

    [Fact]
    public async Task Prepare_KeyThatIsNoUtf8_IsInvalid() =>
        Assert.Equal(DeadLetterReason.InvalidSource, await ReasonAsync(Records.Raw(0, _backbones.Accepted, [0x62, 0xFF, 0xFE])));

    [Fact]
    public async Task Prepare_NoValueAndNoClaimCheck_IsEmpty()
    {
        Assert.Equal(DeadLetterReason.Empty, await ReasonAsync(Records.Input(0, null)));
        Assert.Equal(DeadLetterReason.Empty, await ReasonAsync(Records.Input(0, [])));
    }

    [Fact]
    public async Task Prepare_NoBytesBehindTheClaimCheck_IsEmpty() =>
        Assert.Equal(DeadLetterReason.Empty, await ReasonAsync(ByReference(_store.Keep([]))));

    [Theory, MemberData(nameof(BadBytes))]
    public async Task Prepare_BytesThatAreNoImage_SaysWhy(string name, DeadLetterReason expected)
    {
        var bytes = (byte[])typeof(TestImages).GetProperty(name)!.GetValue(null)!;
        Assert.Equal(expected, await ReasonAsync(Records.Input(0, bytes)));
        Assert.Equal(expected, await ReasonAsync(ByReference(_store.Keep(bytes))));
    }

    [Fact]
    public async Task Prepare_MoreBytesThanAllowed_IsRefusedInlineAndByClaimCheck()
    {
        Assert.Equal(DeadLetterReason.TooManyBytes, await ReasonAsync(Records.Input(0, new byte[MaxBytes + 1])));
        Assert.Equal(DeadLetterReason.TooManyBytes, await ReasonAsync(ByReference(_store.Keep(new byte[MaxBytes + 1]))));
        Assert.Equal(DeadLetterReason.UnsupportedFormat, await ReasonAsync(Records.Input(0, new byte[MaxBytes])));
    }

    [Fact]
    public async Task Prepare_ClaimCheckOfNothing_IsNotFound() =>
        Assert.Equal(DeadLetterReason.ClaimCheckNotFound, await ReasonAsync(ByReference("gone")));

    [Fact]
    public async Task Prepare_ClaimCheckThatIsNone_IsRefused() =>
        Assert.Equal(DeadLetterReason.ClaimCheckRefused, await ReasonAsync(ByReference("../../etc/passwd")));

    [Fact]
    public async Task Prepare_StoreUnreachable_Throws()
    {
        _store.Failure = new IOException("away");
        await Assert.ThrowsAsync<IOException>(async () => await _intake.PrepareAsync(ByReference("any"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Prepare_ClaimCheck_GivesItsPixelsAndKeepsTheReferenceInPlaceOfTheBytes()
    {
        var reference = _store.Keep(_backbones.Accepted);
        var image = await GoodAsync(ByReference(reference));
        Assert.Equal((await GoodAsync(Records.Input(0, _backbones.Accepted))).Pixels, image.Pixels);
        Assert.True(image.Encoded.IsEmpty);
        Assert.Equal(reference, image.DataReference);
    }

    [Fact]
    public async Task Prepare_InlineBytesBesideAClaimCheck_BytesAreJudgedAndTheClaimCheckIsDropped()
    {
        var image = await GoodAsync(Records.Input(0, _backbones.Accepted, headers: (RecordHeaders.DataReference, _store.Keep(_backbones.Reviewed))));
        Assert.Equal(_backbones.Accepted, image.Encoded.ToArray());
        Assert.Null(image.DataReference);
    }

    [Fact]
    public async Task Prepare_EventId_IsTheImageIdElseThePosition()
    {
        Assert.Equal("image-9", (await GoodAsync(Records.Input(4, _backbones.Accepted, headers: (RecordHeaders.Id, "image-9")))).ImageId);
        Assert.Equal("moodstream.images.v1-0-4", (await GoodAsync(Records.Input(4, _backbones.Accepted))).ImageId);
        Assert.Equal("moodstream.images.v1-0-4", (await GoodAsync(Records.Input(4, _backbones.Accepted, headers: (RecordHeaders.Id, "a\nb")))).ImageId);
    }

    [Fact]
    public async Task Prepare_WrongContentType_DoesNotMatter()
    {
        var image = await GoodAsync(Records.Input(0, _backbones.Accepted, headers: (RecordHeaders.ContentType, "text/html")));
        Assert.Equal(3 * 16 * 16, image.Pixels.Length);
    }

    private static ReceivedRecord ByReference(string reference) => Records.Input(0, null, headers: (RecordHeaders.DataReference, reference));

    private async Task<PreparedImage> GoodAsync(ReceivedRecord record)
    {
        var intaken = await _intake.PrepareAsync(record, TestContext.Current.CancellationToken);
        Assert.Null(intaken.Rejection);
        Assert.Same(record, intaken.Record);
        return intaken.Image!;
    }

    private async Task<DeadLetterReason> ReasonAsync(ReceivedRecord record)
    {
        var intaken = await _intake.PrepareAsync(record, TestContext.Current.CancellationToken);
        Assert.Null(intaken.Image);
        Assert.NotEmpty(intaken.Rejection!.Detail);
        return intaken.Rejection.Reason;
    }
}
