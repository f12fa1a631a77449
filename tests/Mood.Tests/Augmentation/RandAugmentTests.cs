using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Augmentation;

/// <summary>Each change beside Pillow's on one small image, and the laws of RandAugment.</summary>
public sealed class RandAugmentTests
{
    private const int Width = 5;
    private const int Height = 4;
    private static readonly byte[] Ground = [10, 20, 30];
    private static readonly RgbImage Image = new(
        Width, Height, [.. Enumerable.Range(0, 3 * Width * Height).Select(i => (byte)(20 + (i * 37 + i * i * 11) % 200))]);

    private static readonly Dictionary<string, Func<RgbImage>> Ours = new()
    {
        ["auto-contrast"] = () => ColourOperations.AutoContrast(Image),
        ["equalize"] = () => ColourOperations.Equalize(Image),
        ["posterize 3"] = () => ColourOperations.Posterize(Image, 3),
        ["solarize 100"] = () => ColourOperations.Solarize(Image, 100),
        ["colour 1.7"] = () => ColourOperations.Colour(Image, 1.7),
        ["contrast 0.4"] = () => ColourOperations.Contrast(Image, 0.4),
        ["brightness 1.6"] = () => ColourOperations.Brightness(Image, 1.6),
        ["sharpness 1.8"] = () => ColourOperations.Sharpness(Image, 1.8),
        ["sharpness 0.3"] = () => ColourOperations.Sharpness(Image, 0.3),
        ["shear x 0.3"] = () => AffineMap.ShearX(0.3).Apply(Image, Ground),
        ["shear y -0.2"] = () => AffineMap.ShearY(-0.2).Apply(Image, Ground),
        ["translate 1.5"] = () => AffineMap.Translate(1.5, 0).Apply(Image, Ground),
        ["rotate 25"] = () => AffineMap.Rotate(25, Width, Height).Apply(Image, Ground),
    };

    /// <summary>Made with Pillow 9.4.0 from the same image.</summary>
    private static readonly Dictionary<string, byte[]> Pillow = new()
    {
        ["auto-contrast"] =
        [
            0, 61, 151, 13, 159, 77, 24, 255, 0, 32, 90, 177, 37, 180, 95, 40, 10, 10, 40, 95,
            180, 37, 177, 90, 32, 0, 255, 24, 77, 159, 13, 151, 61, 0, 224, 218, 255, 36, 115, 236,
            103, 10, 214, 167, 159, 189, 229, 48, 162, 30, 193, 132, 87, 77, 100, 141, 216, 65, 193, 95,
        ],
        ["equalize"] =
        [
            20, 68, 138, 30, 144, 80, 38, 218, 20, 44, 90, 158, 48, 160, 94, 50, 28, 28, 50, 94,
            160, 48, 158, 90, 44, 20, 218, 38, 80, 144, 30, 138, 68, 20, 194, 190, 208, 48, 110, 194,
            100, 28, 178, 150, 144, 160, 198, 58, 140, 44, 170, 118, 88, 80, 94, 130, 188, 68, 170, 94,
        ],
        ["posterize 3"] =
        [
            0, 64, 128, 0, 128, 64, 32, 192, 0, 32, 64, 128, 32, 160, 64, 32, 0, 0, 32, 64,
            160, 32, 128, 64, 32, 0, 192, 32, 64, 128, 0, 128, 64, 0, 192, 160, 192, 32, 96, 192,
            96, 0, 160, 128, 128, 160, 192, 32, 128, 32, 160, 96, 64, 64, 64, 128, 160, 64, 160, 64,
        ],
        ["solarize 100"] =
        [
            20, 68, 117, 30, 111, 80, 38, 37, 20, 44, 90, 97, 48, 95, 94, 50, 28, 28, 50, 94,
            95, 48, 97, 90, 44, 20, 37, 38, 80, 111, 30, 117, 68, 20, 61, 65, 47, 48, 145, 61,
            155, 28, 77, 105, 111, 95, 57, 58, 115, 44, 85, 137, 88, 80, 94, 125, 67, 68, 85, 94,
        ],
        ["colour 1.7"] =
        [
            0, 72, 191, 0, 172, 63, 0, 255, 0, 16, 94, 209, 0, 188, 76, 60, 23, 23, 23, 98,
            210, 0, 186, 71, 39, 0, 255, 12, 83, 192, 0, 166, 47, 0, 230, 223, 255, 9, 114, 245,
            86, 0, 192, 144, 134, 152, 216, 0, 177, 13, 228, 133, 82, 68, 71, 132, 231, 23, 197, 68,
        ],
        ["contrast 0.4"] =
        [
            71, 90, 118, 75, 120, 95, 78, 150, 71, 80, 99, 126, 82, 127, 100, 83, 74, 74, 83, 100,
            127, 82, 126, 99, 80, 71, 150, 78, 95, 120, 75, 118, 90, 71, 140, 139, 146, 82, 107, 140,
            103, 74, 134, 123, 120, 127, 142, 86, 119, 80, 131, 110, 98, 95, 100, 115, 138, 90, 131, 100,
        ],
        ["brightness 1.6"] =
        [
            32, 108, 220, 48, 230, 128, 60, 255, 32, 70, 144, 252, 76, 255, 150, 80, 44, 44, 80, 150,
            255, 76, 252, 144, 70, 32, 255, 60, 128, 230, 48, 220, 108, 32, 255, 255, 255, 76, 176, 255,
            160, 44, 255, 240, 230, 255, 255, 92, 224, 70, 255, 188, 140, 128, 150, 208, 255, 108, 255, 150,
        ],
        ["sharpness 1.8"] =
        [
            20, 68, 138, 30, 144, 80, 38, 218, 20, 44, 90, 158, 48, 160, 94, 50, 28, 28, 47, 78,
            194, 32, 179, 74, 16, 0, 255, 38, 80, 144, 30, 138, 68, 0, 240, 236, 255, 20, 94, 240,
            97, 0, 178, 150, 144, 160, 198, 58, 140, 44, 170, 118, 88, 80, 94, 130, 188, 68, 170, 94,
        ],
        ["sharpness 0.3"] =
        [
            20, 68, 138, 30, 144, 80, 38, 218, 20, 44, 90, 158, 48, 160, 94, 50, 28, 28, 52, 107,
            129, 61, 139, 103, 67, 65, 166, 38, 80, 144, 30, 138, 68, 55, 153, 149, 156, 71, 123, 153,
            102, 73, 178, 150, 144, 160, 198, 58, 140, 44, 170, 118, 88, 80, 94, 130, 188, 68, 170, 94,
        ],
        ["shear x 0.3"] =
        [
            21, 79, 129, 31, 155, 71, 38, 198, 40, 44, 100, 148, 48, 160, 94, 50, 57, 87, 49, 122,
            128, 46, 95, 147, 41, 47, 184, 38, 80, 144, 22, 180, 159, 161, 84, 130, 197, 87, 48, 182,
            137, 115, 10, 20, 30, 138, 46, 165, 116, 90, 85, 92, 132, 183, 68, 170, 94, 10, 20, 30,
        ],
        ["shear y -0.2"] =
        [
            20, 68, 138, 30, 144, 80, 38, 218, 20, 10, 20, 30, 10, 20, 30, 47, 32, 39, 44, 109,
            136, 43, 188, 55, 44, 69, 176, 47, 152, 99, 32, 126, 64, 28, 164, 181, 128, 103, 100, 88,
            43, 161, 52, 87, 144, 147, 192, 59, 104, 88, 176, 163, 68, 95, 164, 109, 75, 167, 152, 139,
        ],
        ["translate 1.5"] =
        [
            34, 181, 50, 41, 154, 89, 46, 125, 126, 10, 20, 30, 10, 20, 30, 49, 126, 125, 46, 89,
            154, 41, 50, 181, 10, 20, 30, 10, 20, 30, 114, 121, 150, 201, 74, 69, 186, 125, 86, 10,
            20, 30, 10, 20, 30, 129, 66, 125, 106, 109, 134, 81, 150, 141, 10, 20, 30, 10, 20, 30,
        ],
        ["rotate 25"] =
        [
            10, 20, 30, 35, 197, 36, 42, 127, 116, 43, 85, 154, 38, 81, 143, 29, 89, 107, 43, 133,
            109, 54, 125, 115, 113, 64, 130, 162, 142, 144, 47, 39, 32, 34, 139, 161, 162, 81, 125, 161,
            96, 91, 99, 149, 124, 31, 138, 67, 80, 147, 117, 125, 71, 140, 111, 99, 109, 10, 20, 30,
        ],
    };

    public static TheoryData<string> Changes => [.. Ours.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Change_OneImage_IsPillows(string change)
    {
        var actual = Ours[change]().Pixels;
        foreach (var (expected, ours) in Pillow[change].Zip(actual)) Assert.InRange(ours, expected - 1, expected + 1);
        Assert.True(Pillow[change].Zip(actual).Count(p => p.First == p.Second) >= 0.95 * actual.Length);
    }

    [Fact]
    public void Apply_SameSeed_GivesTheSameImageAndOtherSeedsOthers()
    {
        var augment = new RandAugment(RandAugment.UsualMagnitude, Ground);
        byte[] With(int seed) => augment.Apply(Image, new Random(seed)).Pixels;
        Assert.Equal(With(5), With(5));
        Assert.True(Enumerable.Range(0, 200).Select(s => Convert.ToHexString(With(s))).Distinct().Count() > 50);
    }

    /// <summary>Two operations, each with probability one half, leave a quarter; three of the fifteen can change nothing besides.</summary>
    [Fact]
    public void Apply_ManySeeds_LeavesAboutAQuarterAsTheyAre()
    {
        var augment = new RandAugment(RandAugment.UsualMagnitude, Ground);
        const int draws = 2000;
        var unchanged = Enumerable.Range(0, draws).Count(s => augment.Apply(Image, new Random(s)).Pixels.SequenceEqual(Image.Pixels));
        Assert.InRange((double)unchanged / draws, 0.22, 0.30);
    }

    [Fact]
    public void Change_FlatImage_StaysFlatUnderContrastAndEqualize()
    {
        var flat = new RgbImage(3, 3, [.. Enumerable.Repeat((byte)77, 27)]);
        Assert.Equal(flat.Pixels, ColourOperations.AutoContrast(flat).Pixels);
        Assert.Equal(flat.Pixels, ColourOperations.Equalize(flat).Pixels);
        Assert.Equal(flat.Pixels, ColourOperations.Contrast(flat, 0.2).Pixels);
    }
}
