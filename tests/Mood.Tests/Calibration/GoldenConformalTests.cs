using System.Globalization;
using System.Text.Json;
using MoodStream.Mood.Calibration;

namespace MoodStream.MoodTests.Calibration;

/// <summary>What golden/conformal says of the smallest size, beside the law that one image fewer is too few.</summary>
public sealed class GoldenConformalTests
{
    [Fact]
    public void PacMinimumSize_GoldenTable_IsTheirs()
    {
        foreach (var entry in Expected().GetProperty("pac_minimum_n").EnumerateObject())
        {
            var numbers = entry.Name.Split(',').Select(p => double.Parse(p.Split('=')[1], CultureInfo.InvariantCulture)).ToArray();
            var size = ConformalThreshold.PacMinimumSize(numbers[0], numbers[1]);
            Assert.Equal(entry.Value.GetInt32(), size);
            Assert.NotNull(ConformalThreshold.PacRank(numbers[0], numbers[1], size));
            Assert.Null(ConformalThreshold.PacRank(numbers[0], numbers[1], size - 1));
        }
    }

    private static JsonElement Expected() => GoldenKit.Json("conformal", "expected.json");
}
