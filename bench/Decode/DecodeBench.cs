using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using MoodStream.Bench.Driver;
using MoodStream.Cli.LineCamera;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Imaging;

namespace MoodStream.Bench.Decode;

/// <summary><c>mood bench decode</c>: from a JPEG to a backbone's input on one thread, beside Pillow.</summary>
internal static class DecodeBench
{
    private const int CameraSide = 480;
    private const int InputSide = 224;

    /// <summary>What is asked of shrinking on load, and of the path that gives Pillow's own values: that is to be no slower than Pillow.</summary>
    private const double MustRatio = 2, AimRatio = 4, MustRatioExact = 1, AimRatioExact = 2;

    /// <summary>Largest difference of a normalised value; the two may use different versions of the JPEG library.</summary>
    private const float Tolerance = 1e-6f;

    private static readonly Option<int> Images = BenchOptions.Whole("--images", "Images of a round.", 64, 1);
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Counted rounds.", 5, 1);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<string> Python = BenchOptions.Python("Pillow and NumPy");
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("decode", "Decode, resize and normalise JPEG images of 480 px on one thread, exact and shrunk on load, beside Pillow.")
    {
        Images, Rounds, Seed, Python, Json,
    }.Runs((parsed, _) => Task.FromResult(Run(parsed)));

    private static int Run(ParseResult parsed)
    {
        var images = Photograph(parsed.GetValue(Images), parsed.GetValue(Seed));
        var recipe = new PreprocessingRecipe { Resize = new ResizeRule.Exact(InputSide, InputSide) };
        var folder = Directory.CreateTempSubdirectory("mood-bench-decode-");
        try
        {
            Write(images, folder);
            using var peer = new PythonPeer(
                parsed.GetRequiredValue(Python), "pillow_decode.py", "python3-pil python3-numpy",
                folder.FullName, InputSide.ToString(CultureInfo.InvariantCulture));
            var difference = DifferenceFrom(peer, images, recipe, folder);
            if (!(difference <= Tolerance))
                throw new CliException($"The results differ from Pillow's by {difference}, allowed {Tolerance}: times would compare different work.");
            var input = new float[InputLength];
            var figures = PairedRun.Measure(
                "decoding", parsed.GetValue(Rounds), ours: () => Pass(images, recipe, input), peer: () => peer.Ask("pass"));
            var shrinking = recipe with { ShrinkOnLoad = true };
            var shrunk = PairedRun.Measure(
                "decoding, shrunk", parsed.GetValue(Rounds), ours: () => Pass(images, shrinking, input), peer: () => peer.Ask("pass"));
            return new BenchReport(
                BenchMachine.Here(), [BenchRow.Of(Name("exact"), figures, MustRatioExact, AimRatioExact), BenchRow.Of(Name("shrunk on load"), shrunk, MustRatio, AimRatio)],
                new Dictionary<string, double>
                {
                    ["largest_difference"] = difference,
                    ["mean_difference_shrunk_of_255_levels"] = MeanLevels(images, recipe, shrinking),
                    ["ours_images_per_second"] = images.Count / figures.OursSeconds.Median,
                    ["ours_shrunk_images_per_second"] = images.Count / shrunk.OursSeconds.Median,
                    ["peer_images_per_second"] = images.Count / figures.PeerSeconds.Median,
                }).Publish(parsed.GetValue(Json));

            string Name(string how) => $"{images.Count} JPEG of {CameraSide} px to {InputSide} px, {how}, one thread, beside {peer.Version}";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int InputLength => 3 * InputSide * InputSide;

    private static List<byte[]> Photograph(int count, int seed)
    {
        using var camera = new SimulatedLineCamera(seed, CameraSide);
        return [.. Enumerable.Range(0, count).Select(_ => camera.Next(null).Jpeg)];
    }

    private static void Write(List<byte[]> images, DirectoryInfo folder)
    {
        for (var i = 0; i < images.Count; i++) File.WriteAllBytes(Path.Combine(folder.FullName, $"{i:D6}.jpg"), images[i]);
    }

    private static float DifferenceFrom(PythonPeer peer, List<byte[]> images, PreprocessingRecipe recipe, DirectoryInfo folder)
    {
        var path = Path.Combine(folder.FullName, "expected.f32");
        peer.Ask($"write {path}");
        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path));
        var input = new float[InputLength];
        var largest = 0f;
        for (var i = 0; i < images.Count; i++)
        {
            Prepare(images[i], recipe, input);
            for (var k = 0; k < InputLength; k++) largest = Math.Max(largest, Math.Abs(input[k] - expected[i * InputLength + k]));
        }
        return largest;
    }

    /// <summary>How far the shrunk way is from the exact one: mean of all values, on the scale of a pixel's 256 levels.</summary>
    private static double MeanLevels(List<byte[]> images, PreprocessingRecipe exact, PreprocessingRecipe shrinking)
    {
        var (a, b) = (new float[InputLength], new float[InputLength]);
        var sum = 0.0;
        foreach (var image in images)
        {
            Prepare(image, exact, a);
            Prepare(image, shrinking, b);
            for (var k = 0; k < InputLength; k++) sum += Math.Abs(a[k] - b[k]);
        }
        return sum / images.Count / InputLength * 127.5;                  // 0 to 255 became −1 to 1
    }

    private static void Pass(List<byte[]> images, PreprocessingRecipe recipe, float[] input)
    {
        foreach (var image in images) Prepare(image, recipe, input);
    }

    private static void Prepare(byte[] image, PreprocessingRecipe recipe, float[] input)
    {
        using var decoded = ImageDecoder.Rent(image, recipe.Decoding(ImageLimits.Default));
        recipe.Apply(decoded, input);
    }
}
