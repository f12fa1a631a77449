using MoodStream.Cli.LineCamera;
using MoodStream.Mood.Imaging;

namespace MoodStream.CliTests.LineCamera;

/// <summary>The demo's camera: repeatable, never the same picture twice, and its defects are really in the picture.</summary>
public sealed class SimulatedLineCameraTests
{
    private const int Seed = 11;

    public static TheoryData<string> Defects => [.. Enum.GetNames<Defect>()];

    [Fact]
    public void Next_SameSeed_IsTheSameBytes()
    {
        Defect?[] order = [null, Defect.Scratch, null, Defect.Blur, Defect.LampFailure, null];
        using var one = new SimulatedLineCamera(Seed);
        using var other = new SimulatedLineCamera(Seed);
        foreach (var defect in order) Assert.Equal(one.Next(defect).Jpeg, other.Next(defect).Jpeg);
    }

    [Fact]
    public void Next_OtherDefectsBefore_ChangesNothing()
    {
        using var one = new SimulatedLineCamera(Seed);
        using var other = new SimulatedLineCamera(Seed);
        one.Next(Defect.ForeignObject);
        other.Next(Defect.WrongPart);
        Assert.Equal(one.Next(null).Jpeg, other.Next(null).Jpeg);
    }

    [Fact]
    public void Next_OtherSeed_IsAnotherPicture()
    {
        using var one = new SimulatedLineCamera(Seed);
        using var other = new SimulatedLineCamera(Seed + 1);
        Assert.NotEqual(one.Next(null).Jpeg, other.Next(null).Jpeg);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(192)]
    [InlineData(256)]
    [InlineData(400)]
    public void Next_AnySize_IsAJpegOfThatSize(int size)
    {
        using var camera = new SimulatedLineCamera(Seed, size);
        foreach (var defect in Enum.GetValues<Defect>().Select(d => (Defect?)d).Append(null))
        {
            var frame = camera.Next(defect);
            var image = Decode(frame);
            Assert.Equal((size, size), (image.Width, image.Height));
            Assert.Equal(defect, frame.Truth);
        }
    }

    [Fact]
    public void Next_ManySoundFrames_AreAllDifferentAndCounted()
    {
        using var camera = new SimulatedLineCamera(Seed, 96);
        var frames = Enumerable.Range(0, 400).Select(_ => camera.Next(null)).ToArray();
        Assert.Equal(400, frames.Select(f => Convert.ToHexString(f.Jpeg)).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 400), frames.Select(f => f.Serial));
    }

    [Fact]
    public void Next_SoundFrames_VaryInPlaceAndLight()
    {
        using var camera = new SimulatedLineCamera(Seed, 128);
        var images = Enumerable.Range(0, 40).Select(_ => Decode(camera.Next(null))).ToArray();
        Assert.InRange(Spread(images.Select(MeanLevel)), 1, 12);
        Assert.InRange(Spread(images.Select(BrightColumn)), 1, 12);
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public void Next_Defect_ChangesThePictureWithinLimits(string name)
    {
        // The same seed and serial give the same belt, part, pose, light and noise: what differs is the defect.
        var defect = Enum.Parse<Defect>(name);
        using var sound = new SimulatedLineCamera(Seed);
        using var faulty = new SimulatedLineCamera(Seed);
        for (var i = 0; i < 20; i++)
        {
            var changed = ChangedShare(Decode(sound.Next(null)), Decode(faulty.Next(defect)));
            Assert.InRange(changed, 0.0005, 0.97);
        }
    }

    [Theory]
    [InlineData(nameof(Defect.Scratch), 0.02)]
    [InlineData(nameof(Defect.ForeignObject), 0.03)]
    [InlineData(nameof(Defect.MissingHole), 0.02)]
    public void Next_SmallDefect_LeavesTheRestAlone(string name, double most)
    {
        var defect = Enum.Parse<Defect>(name);
        using var sound = new SimulatedLineCamera(Seed);
        using var faulty = new SimulatedLineCamera(Seed);
        for (var i = 0; i < 20; i++)
            Assert.InRange(ChangedShare(Decode(sound.Next(null)), Decode(faulty.Next(defect))), 0, most);
    }

    [Fact]
    public void WireName_EveryDefect_IsKebabCase() => Assert.Equal(
        ["scratch", "missing-hole", "wrong-part", "foreign-object", "blur", "lens-dirt", "lamp-failure"],
        Enum.GetValues<Defect>().Select(d => d.WireName()));

    [Theory]
    [InlineData(63)]
    [InlineData(1025)]
    public void Constructor_SizeOutOfRange_Throws(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimulatedLineCamera(Seed, size));

    private static RgbImage Decode(CameraFrame frame)
    {
        var decoded = ImageDecoder.Decode(frame.Jpeg, DecodeSettings.Default);
        Assert.Null(decoded.Fault);
        return decoded.Image!;
    }

    // Share of values that differ by more than noise and compression make them.
    private static double ChangedShare(RgbImage a, RgbImage b) =>
        a.Pixels.Zip(b.Pixels, (x, y) => Math.Abs(x - y) > 24 ? 1.0 : 0.0).Average();

    private static double MeanLevel(RgbImage image) => image.Pixels.Average(p => (double)p);

    private static double BrightColumn(RgbImage image)
    {
        var bright = Enumerable.Range(0, image.Width * image.Height)
            .Where(i => image.Pixels[3 * i] > 100 && i % image.Width > 20 && i % image.Width < image.Width - 20);
        return bright.Average(i => (double)(i % image.Width));
    }

    private static double Spread(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Sqrt(all.Average(v => (v - mean) * (v - mean)));
    }
}
