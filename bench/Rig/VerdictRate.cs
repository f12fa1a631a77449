namespace MoodStream.Bench.Rig;

/// <summary>How many images had ended when: tells how long verdicts stayed away after a fault, and when they flowed again.</summary>
/// <remarks>Times are seconds since some moment. Thread-safety: owned by one task at a time.</remarks>
internal sealed class VerdictRate
{
    /// <summary>Seconds over which a rate is taken, before a fault and after it.</summary>
    private const double Before = 10, After = 3, Step = 0.1;

    /// <summary>Verdicts flow again at this share of the rate before.</summary>
    private const double Recovered = 0.5;

    private readonly List<(double At, int Ended)> _samples = [(0, 0)];

    /// <summary>Takes note of how many have ended by now.</summary>
    public void Note(double at, int ended)
    {
        if (ended > _samples[^1].Ended) _samples.Add((at, ended));
    }

    /// <summary>Longest time without a verdict between two moments, in seconds.</summary>
    public double LongestSilence(double from, double until)
    {
        double[] verdicts = [from, .. _samples.Select(s => s.At).Where(t => t > from && t < until), until];
        return verdicts.Zip(verdicts.Skip(1), (a, b) => b - a).Max();
    }

    /// <summary>Seconds from a fault until verdicts come at half the rate of the ten seconds before it.</summary>
    /// <param name="fault">When the fault began.</param>
    /// <param name="until">When the next began, or the images ended.</param>
    /// <returns>0 where they never came more slowly; null where they did not recover.</returns>
    public double? Recovery(double fault, double until)
    {
        var enough = Recovered * Rate(Math.Max(0, fault - Before), fault);
        var dipped = false;
        for (var at = fault; at + After <= until; at += Step)
        {
            var low = Rate(at, at + After) < enough;
            if (dipped && !low) return at - fault;
            dipped |= low;
        }

        return dipped ? null : 0;
    }

    private double Rate(double from, double until) => until > from ? (EndedBy(until) - EndedBy(from)) / (until - from) : 0;

    private int EndedBy(double at)
    {
        var next = _samples.FindIndex(s => s.At > at);
        return _samples[next < 0 ? ^1 : Math.Max(0, next - 1)].Ended;
    }
}
