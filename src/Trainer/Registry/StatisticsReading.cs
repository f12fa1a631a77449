using MoodStream.Mood.Gates;

namespace MoodStream.Trainer.Registry;

/// <summary>The blob of a gate's version; null where there is none.</summary>
internal delegate Task<byte[]?> ReadBlob(string gate, long version, CancellationToken cancellation);

/// <summary>Reads the statistics of a version that may be missing or damaged, which is a problem to tell and no failure.</summary>
internal static class StatisticsReading
{
    /// <summary>Reads a version.</summary>
    /// <returns>The statistics, which the caller disposes, or what is wrong with them.</returns>
    public static async Task<(GateStatistics? Statistics, string? Problem)> TryReadAsync(
        this ReadBlob read, string gate, long version, CancellationToken cancellation)
    {
        if (await read(gate, version, cancellation) is not { } blob) return (null, $"the blob of version {version} is missing");
        try
        {
            return (GateStatistics.Read(blob, $"statistics {version} of gate {gate}"), null);
        }
        catch (GateStatisticsException e)
        {
            return (null, e.Message);
        }
    }
}
