using System.Globalization;
using System.Text.RegularExpressions;

namespace MoodStream.Bench.Rollback;

/// <summary>Which scorer judges which source, as the scorers' own metrics count it.</summary>
internal sealed partial class SourceOwners(IReadOnlyList<int> ports) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Images that each scorer has judged of each source so far.</summary>
    public async Task<IReadOnlyList<Dictionary<string, double>>> CountAsync(CancellationToken cancellation)
    {
        var pages = await Task.WhenAll(ports.Select(p => _http.GetStringAsync(new Uri($"http://127.0.0.1:{p}/metrics"), cancellation)));
        return [.. pages.Select(page => Judged().Matches(page)
            .GroupBy(m => m.Groups["source"].Value, m => double.Parse(m.Groups["count"].Value, CultureInfo.InvariantCulture))
            .ToDictionary(g => g.Key, g => g.Sum()))];
    }

    /// <summary>The scorer of each source between two counts; null where a source had two, or a scorer had none.</summary>
    public static IReadOnlyDictionary<string, int>? Between(
        IReadOnlyList<Dictionary<string, double>> before, IReadOnlyList<Dictionary<string, double>> after)
    {
        var owners = new Dictionary<string, int>();
        for (var scorer = 0; scorer < after.Count; scorer++)
        {
            string[] judged = [.. after[scorer].Where(s => s.Value > before[scorer].GetValueOrDefault(s.Key)).Select(s => s.Key)];
            if (judged.Length == 0 || !judged.All(source => owners.TryAdd(source, scorer))) return null;
        }

        return owners;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    [GeneratedRegex("""^moodstream_scorer_source_images_total\{[^}]*source="(?<source>[^"]+)"[^}]*\} (?<count>\S+)""", RegexOptions.Multiline)]
    private static partial Regex Judged();
}
