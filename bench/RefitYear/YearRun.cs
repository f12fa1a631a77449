using System.Diagnostics;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Gates;
using static TorchSharp.torch;

namespace MoodStream.Bench.RefitYear;

/// <summary>
/// Lives through the year twice at once: with a gate that refits each week, on a drift alarm and when a person accepts a new
/// normal, and with the first day's statistics.
/// </summary>
internal sealed class YearRun : IDisposable
{
    /// <summary>Name of the source that sends poison.</summary>
    public const string PoisonSource = "poison";

    private const int DaysOfWeek = 7;
    private const int FirstImages = 20_000;
    private const int ForeignPerDay = 6;

    /// <summary>Share that foreign images make up of what a refit is made from, by the week at whose end it is tried.</summary>
    private static readonly (int Week, double Share)[] Attempts = [(36, 0.01), (46, 0.1)];

    /// <summary>The week of an attempt, from 0.</summary>
    public static int WeekOf(PoisonAttempt attempt) => Array.Find(Attempts, a => a.Share == attempt.Share).Week;

    private readonly YearPlan _plan;
    private readonly YearScene _scene;
    private readonly YearGate _gate;
    private readonly GateStatistics _first;
    private readonly List<YearWeek> _weeks = [];
    private readonly List<PoisonAttempt> _poisoning = [];
    private readonly WeekTally _week = new();
    private int? _imagesToLampAlarm;

    private YearRun(YearPlan plan)
    {
        (_plan, _scene) = (plan, new YearScene(plan.Seed));
        using var first = _scene.InDistribution(0, FirstImages);
        _gate = new YearGate(first, plan.Promised);
        _first = GateStatistics.Read(_gate.Active.ToBytes());
    }

    /// <summary>Runs the year.</summary>
    public static YearResult Run(YearPlan plan, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        var threads = get_num_threads();
        set_num_threads(1);                                                      // every operation is small
        using var run = new YearRun(plan);
        ProgressBar.Run("a year", YearScene.Days, advance =>
        {
            for (var day = 0; day < YearScene.Days; day++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                run.Live(day);
                advance(1);
            }
            return true;
        });
        set_num_threads(threads);
        return YearResult.Of(plan, run._weeks, run._poisoning, run._imagesToLampAlarm, Stopwatch.GetElapsedTime(begin));
    }

    public void Dispose()
    {
        _first.Dispose();
        _gate.Dispose();
        _scene.Dispose();
    }

    private void Live(int day)
    {
        if (day == YearScene.LampReplaced) _gate.AcceptAsNewNormal();            // people changed the lamp, and say so
        var alarmed = TakeDay(day, dark: day is >= YearScene.LampFails and < YearScene.LampReplaced);
        if (day % DaysOfWeek == DaysOfWeek - 1) EndWeek(day);
        else if (_gate.AwaitsNewNormal) Refit(approving: true);
        else if (alarmed) Refit();
    }

    /// <summary>Takes the images of a day, foreign objects anywhere among them.</summary>
    private bool TakeDay(int day, bool dark)
    {
        var count = _plan.ImagesPerDay;
        var line = dark ? _scene.Dark(day, count) : _scene.InDistribution(day, count);   // [N, D]
        var foreign = _scene.Foreign(day, ForeignPerDay);
        string[] ids = [.. Ids(day, "line", count), .. Ids(day, "foreign", ForeignPerDay)];
        var (accepted, drift) = JudgeShuffled(cat([line, foreign]), ids, day);
        _week.CountDay(drift is not null);
        if (dark)
        {
            // People discard what the failing lamp lit.
            if (drift is { } place) _imagesToLampAlarm ??= (day - YearScene.LampFails) * count + place + 1;
        }
        else
        {
            _week.CountImages(accepted[..count], _first.Judge(line).Count(j => !j.Accepted));
            _gate.Learn("line", line, ids.Take(count));                          // accepted, or confirmed in review
        }
        TakeForeign(foreign, accepted[count..], ids[count..]);
        return drift is not null;
    }

    private void TakeForeign(Tensor foreign, bool[] accepted, string[] ids)
    {
        Tensor Where(bool wanted) => foreign.index_select(
            0, tensor([.. accepted.Select((a, i) => (a, i)).Where(x => x.a == wanted).Select(x => (long)x.i)], ScalarType.Int64));
        _gate.KeepOod(Where(false));
        _gate.Learn("line", Where(true), ids.Where((_, i) => accepted[i]));      // nobody looks at what was accepted
    }

    /// <summary>Judges images in an order of chance.</summary>
    /// <returns>Flags in the order of the images, and the place in the stream at which drift was seen.</returns>
    private (bool[] Accepted, int? Drift) JudgeShuffled(Tensor images, string[] ids, int day)
    {
        var order = Enumerable.Range(0, ids.Length).ToArray();
        new Random(_plan.Seed * YearScene.Days + day).Shuffle(order);
        var (shuffled, drift) = _gate.Judge(
            images.index_select(0, tensor([.. order.Select(i => (long)i)], ScalarType.Int64)), [.. order.Select(i => ids[i])]);
        var accepted = new bool[ids.Length];
        for (var i = 0; i < order.Length; i++) accepted[order[i]] = shuffled[i];
        return (accepted, drift?.Place);
    }

    private void TakePoison(int day, double share)
    {
        var count = (int)Math.Round(_gate.ImagesBehindMoments * share / (1 - share));
        var images = _scene.Poison(day, count);
        var ids = Ids(day, PoisonSource, count);
        _gate.Judge(images, ids);
        _gate.Learn(PoisonSource, images, ids);                                  // labelled as accepted
    }

    private void EndWeek(int day)
    {
        var attempt = Array.Find(Attempts, a => a.Week == _weeks.Count);
        if (attempt.Share > 0) TakePoison(day, attempt.Share);
        var refusedBy = Refit(approving: _gate.AwaitsNewNormal);
        if (attempt.Share > 0)
        {
            _poisoning.Add(new PoisonAttempt(attempt.Share, refusedBy.Length > 0, refusedBy));
            _gate.RecallPoison();                                                // found in time or not, it is found
            Refit();
        }
        _weeks.Add(_week.End(_weeks.Count));
    }

    private string[] Refit(bool approving = false)
    {
        var refusedBy = _gate.Refit(approving);
        _week.CountRefit(refusedBy);
        return refusedBy;
    }

    private static string[] Ids(int day, string what, int count) => [.. Enumerable.Range(0, count).Select(i => $"{what}-{day}-{i}")];
}
