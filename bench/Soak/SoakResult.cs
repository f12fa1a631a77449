namespace MoodStream.Bench.Soak;

/// <summary>What the services used over a long run at a steady rate.</summary>
internal sealed record SoakResult
{
    /// <summary>How long images flowed, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Images a second that were put in.</summary>
    public required double Rate { get; init; }

    /// <summary>Images that the gateway took.</summary>
    public required int ImagesIn { get; init; }

    /// <summary>Images that it did not take, or did not answer for.</summary>
    public required int Refused { get; init; }

    /// <summary>Images that ended nowhere.</summary>
    public required int Lost { get; init; }

    /// <summary>Records beyond the first of an id.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Services that ended by themselves.</summary>
    public required int Crashes { get; init; }

    /// <summary>Each measure of each service over the last two thirds.</summary>
    public required IReadOnlyList<SoakTrend> Trends { get; init; }

    /// <summary>Every sample, by service.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<SoakSample>> Samples { get; init; }

    /// <summary>Whether nothing was lost, nothing crashed, and nothing grew.</summary>
    public bool Met => Lost == 0 && Crashes == 0 && Trends.All(t => t.Met);
}

/// <summary>One measure of one service over the last two thirds.</summary>
/// <param name="Service">The service.</param>
/// <param name="Measure">resident, in MiB, or handles or threads.</param>
/// <param name="Mean">Mean.</param>
/// <param name="SlopePerHour">Slope by least squares, an hour.</param>
/// <param name="Change">Change along the line over the two thirds.</param>
/// <param name="Allowed">Growth that counts as none.</param>
internal sealed record SoakTrend(string Service, string Measure, double Mean, double SlopePerHour, double Change, double Allowed)
{
    /// <summary>Whether it did not grow.</summary>
    public bool Met => Change <= Allowed;
}

/// <summary>What a service used at a moment.</summary>
/// <param name="Seconds">Since images began to flow.</param>
/// <param name="ResidentMiB">Resident memory, in MiB.</param>
/// <param name="Handles">Open file handles.</param>
/// <param name="Threads">Threads.</param>
internal sealed record SoakSample(double Seconds, double ResidentMiB, int Handles, int Threads);
