using System.Text.Json.Serialization;
using MoodStream.Mood.Calibration;

namespace MoodStream.Bench.RefitImages;

/// <summary>What to run.</summary>
/// <param name="Seed">Seed of the order of images.</param>
/// <param name="Promised">Promised false-alarm rate.</param>
/// <param name="Phases">Images of a class in each phase.</param>
/// <param name="Classes">Classes that get a gate; null for all.</param>
/// <param name="Shifts">Shifts to try.</param>
internal sealed record RefitImagesPlan(
    int Seed, double Promised, StreamPhases Phases, IReadOnlyList<int>? Classes, IReadOnlyList<PixelShift> Shifts);

/// <summary>How a class's images are dealt out, each to one phase alone.</summary>
/// <param name="First">Images that the first version is fitted to and calibrated on.</param>
/// <param name="Before">Images that stream before the shift.</param>
/// <param name="Learned">Images that stream after the shift, and that the refit is made from.</param>
/// <param name="After">Images that stream after the refit; both versions are asked about them.</param>
internal sealed record StreamPhases(int First = 700, int Before = 300, int Learned = 600, int After = 400)
{
    /// <summary>Images of a class that are needed.</summary>
    public int Total => First + Before + Learned + After;
}

/// <summary>False alarms among in-distribution images.</summary>
/// <param name="FalseAlarms">Images sent to review.</param>
/// <param name="Images">Images judged.</param>
/// <param name="Rate">Their ratio.</param>
/// <param name="Low">Lower end of the 95 % interval of Clopper and Pearson.</param>
/// <param name="High">Upper end.</param>
internal sealed record AlarmRate(int FalseAlarms, int Images, double Rate, double Low, double High)
{
    private const double Tail = 0.025;

    /// <summary>Of counts; both tails are quantiles of Beta distributions.</summary>
    public static AlarmRate Of(int falseAlarms, int images) => new(
        falseAlarms, images, (double)falseAlarms / images,
        falseAlarms == 0 ? 0 : new BetaDistribution(falseAlarms, images - falseAlarms + 1).Quantile(Tail),
        falseAlarms == images ? 1 : new BetaDistribution(falseAlarms + 1, images - falseAlarms).Quantile(1 - Tail));

    /// <summary>The counts of several gates together.</summary>
    public static AlarmRate Sum(IEnumerable<AlarmRate> rates)
    {
        var all = rates.ToList();
        return Of(all.Sum(r => r.FalseAlarms), all.Sum(r => r.Images));
    }
}

/// <summary>What was seen of one class's gate under one shift.</summary>
/// <param name="Class">The class that is in-distribution.</param>
/// <param name="Before">Before the shift.</param>
/// <param name="Without">After it, by the first version.</param>
/// <param name="With">After it, by the version that is active after the refit.</param>
/// <param name="WithLow">Lower end of where 95 % of calibration sets of that size put the refitted gate's rate; null without a refit.</param>
/// <param name="WithHigh">Upper end.</param>
/// <param name="AurocBefore">AUROC against the other classes before the shift.</param>
/// <param name="AurocWithout">After it, by the first version.</param>
/// <param name="AurocWith">After it, by the version that is active after the refit.</param>
/// <param name="ImagesToAlarm">Shifted images until the drift alarm; null without one.</param>
/// <param name="AlarmBy">The test that raised it.</param>
/// <param name="FalseDriftAlarm">Whether drift was announced before the shift.</param>
/// <param name="RefusedBy">Guards or reasons that refused the refit.</param>
/// <param name="ApprovedByPerson">Whether a person approved what only the guards of the approved version objected to.</param>
/// <param name="Activated">Whether the refit became active.</param>
internal sealed record GateFigures(
    string Class, AlarmRate Before, AlarmRate Without, AlarmRate With, double? WithLow, double? WithHigh, double AurocBefore,
    double AurocWithout, double AurocWith, int? ImagesToAlarm, string? AlarmBy, bool FalseDriftAlarm, IReadOnlyList<string> RefusedBy,
    bool ApprovedByPerson, bool Activated);

/// <summary>One shift over all gates.</summary>
/// <param name="Shift">What was done to the images.</param>
/// <param name="Before">False alarms before it, of all gates.</param>
/// <param name="Without">After it without refits.</param>
/// <param name="With">After it with refits.</param>
/// <param name="Gates">Gate by gate.</param>
internal sealed record ShiftFigures(PixelShift Shift, AlarmRate Before, AlarmRate Without, AlarmRate With, IReadOnlyList<GateFigures> Gates)
{
    /// <summary>Sums gates up.</summary>
    public static ShiftFigures Of(PixelShift shift, IReadOnlyList<GateFigures> gates) => new(
        shift, AlarmRate.Sum(gates.Select(g => g.Before)), AlarmRate.Sum(gates.Select(g => g.Without)),
        AlarmRate.Sum(gates.Select(g => g.With)), gates);
}

/// <summary>Real images before and after a shift.</summary>
/// <param name="Dataset">The images.</param>
/// <param name="Backbone">Hash of the backbone.</param>
/// <param name="Seed">Seed of the order of images.</param>
/// <param name="Promised">Promised false-alarm rate.</param>
/// <param name="Phases">Images of a class in each phase.</param>
/// <param name="Shifts">Shift by shift.</param>
/// <param name="Seconds">Seconds that it took.</param>
internal sealed record RefitImagesResult(
    string Dataset, string Backbone, int Seed, double Promised, StreamPhases Phases, IReadOnlyList<ShiftFigures> Shifts, double Seconds)
{
    /// <summary>Whether refits brought the rate nearer to the promise under every shift that had moved it away.</summary>
    [JsonIgnore]
    public bool Holds => Shifts.All(s =>
        (s.Without.Low <= Promised && Promised <= s.Without.High)
        || Math.Abs(s.With.Rate - Promised) < Math.Abs(s.Without.Rate - Promised));
}

/// <summary>Source-generated JSON of the result.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RefitImagesResult))]
internal sealed partial class RefitImagesJson : JsonSerializerContext;
