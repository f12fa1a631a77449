using System.Text.Json.Serialization;

namespace MoodStream.Bench.RefitYear;

/// <summary>What to simulate.</summary>
/// <param name="Seed">Seed of all chance.</param>
/// <param name="Promised">Promised false-alarm rate.</param>
/// <param name="ImagesPerDay">In-distribution images of a day.</param>
internal sealed record YearPlan(int Seed, double Promised, int ImagesPerDay);

/// <summary>One week of in-distribution images.</summary>
/// <param name="Week">From 0.</param>
/// <param name="FalseAlarmRateWithRefit">Share sent to review by the gate that refits.</param>
/// <param name="FalseAlarmRateWithout">Share sent to review by the first day's statistics.</param>
/// <param name="DriftAlarms">Days with a drift alarm.</param>
/// <param name="Refits">Refits that were let through.</param>
/// <param name="RefitsRefused">Refits that were refused.</param>
/// <param name="RefusedBy">Guards that refused.</param>
internal sealed record YearWeek(
    int Week, double FalseAlarmRateWithRefit, double FalseAlarmRateWithout, int DriftAlarms, int Refits, int RefitsRefused,
    IReadOnlyList<string> RefusedBy);

/// <summary>A week in which foreign images were labelled as accepted.</summary>
/// <param name="Share">Their share of the images labelled as accepted.</param>
/// <param name="Refused">Whether no refit that held them was let through.</param>
/// <param name="RefusedBy">Guards that refused.</param>
internal sealed record PoisonAttempt(double Share, bool Refused, IReadOnlyList<string> RefusedBy);

/// <summary>A simulated year.</summary>
/// <param name="Promised">Promised false-alarm rate.</param>
/// <param name="Seed">Seed of all chance.</param>
/// <param name="Weeks">Week by week.</param>
/// <param name="DriftFollowed">Whether the failing lamp was announced before the day was over, and the weeks since its
/// replacement keep between half and one and a half times the promise, in the median.</param>
/// <param name="ImagesToLampAlarm">Images under the failing lamp until the alarm; null without one.</param>
/// <param name="Poisoning">The attempts.</param>
/// <param name="Seconds">Seconds that the simulation took.</param>
internal sealed record YearResult(
    double Promised, int Seed, IReadOnlyList<YearWeek> Weeks, bool DriftFollowed, int? ImagesToLampAlarm,
    IReadOnlyList<PoisonAttempt> Poisoning, double Seconds)
{
    private const double Low = 0.5;
    private const double High = 1.5;

    /// <summary>Median over the weeks with refits.</summary>
    [JsonIgnore]
    public double MedianWith => Median(Weeks.Select(w => w.FalseAlarmRateWithRefit));

    /// <summary>Median over the weeks without refits.</summary>
    [JsonIgnore]
    public double MedianWithout => Median(Weeks.Select(w => w.FalseAlarmRateWithout));

    /// <summary>Whether the promise was kept, the drift followed, and a tenth of poison refused.</summary>
    [JsonIgnore]
    public bool Holds => Keeps(MedianWith, Promised) && MedianWithout > MedianWith && DriftFollowed
        && Poisoning.Where(p => p.Share >= 0.1).All(p => p.Refused);

    /// <summary>Sums a year up.</summary>
    public static YearResult Of(
        YearPlan plan, IReadOnlyList<YearWeek> weeks, IReadOnlyList<PoisonAttempt> poisoning, int? imagesToLampAlarm, TimeSpan took)
    {
        const int daysOfWeek = 7;
        var after = Median(weeks.Where(w => w.Week > YearScene.LampReplaced / daysOfWeek).Select(w => w.FalseAlarmRateWithRefit));
        var followed = imagesToLampAlarm <= plan.ImagesPerDay && Keeps(after, plan.Promised);
        return new YearResult(plan.Promised, plan.Seed, weeks, followed, imagesToLampAlarm, poisoning, took.TotalSeconds);
    }

    private static bool Keeps(double rate, double promised) => rate >= Low * promised && rate <= High * promised;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}

/// <summary>Source-generated JSON of the result.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(YearResult))]
internal sealed partial class RefitYearJson : JsonSerializerContext;
