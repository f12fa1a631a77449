namespace MoodStream.Mood.Drift;

/// <summary>One way to see drift in a stream of p-values.</summary>
internal interface IDriftTest
{
    /// <summary>Its name, one of <see cref="DriftMonitor.Tests"/>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether it compares with the calibration, so that it would go on alarming until new statistics come.
    /// </summary>
    bool ComparesWithStatistics { get; }

    /// <summary>What it measured last, in its own unit.</summary>
    double Value { get; }

    /// <summary>What the value must pass for an alarm.</summary>
    double Limit { get; }

    /// <summary>Takes the next image.</summary>
    /// <param name="image">The image.</param>
    /// <returns>Whether it alarms; afterwards it goes on by itself.</returns>
    bool Observe(in DriftObservation image);

    /// <summary>Starts anew.</summary>
    void Reset();
}
