using System.Text.Json;
using MoodStream.Bench.RefitYear;

namespace MoodStream.BenchTests.RefitYear;

/// <summary>A year with fewer images than the benchmark takes: the drift is followed and the poison refused.</summary>
public sealed class YearRunTests
{
    [Fact]
    public void Run_YearOf500ImagesADay_KeepsThePromiseAndRefusesThePoison()
    {
        var result = YearRun.Run(new YearPlan(Seed: 9, Promised: 0.02, ImagesPerDay: 500), CancellationToken.None);
        Assert.Equal(52, result.Weeks.Count);
        Assert.True(result.Holds, $"{result.MedianWith} {result.MedianWithout} {result.DriftFollowed}");
        Assert.Equal([0.01, 0.1], result.Poisoning.Select(p => p.Share));
        Assert.Contains("spread", result.Poisoning[1].RefusedBy);
        Assert.InRange(result.ImagesToLampAlarm!.Value, 1, 500);
        var json = JsonSerializer.SerializeToElement(result, RefitYearJson.Default.YearResult);
        Assert.Equal(result.Weeks[0].FalseAlarmRateWithRefit, json.GetProperty("weeks")[0].GetProperty("false_alarm_rate_with_refit").GetDouble());
        Assert.True(json.GetProperty("weeks")[0].TryGetProperty("false_alarm_rate_without", out _));
        Assert.True(json.GetProperty("drift_followed").GetBoolean());
        Assert.True(json.GetProperty("poisoning")[1].GetProperty("refused").GetBoolean());
    }
}
