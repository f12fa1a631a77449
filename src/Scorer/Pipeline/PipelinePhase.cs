namespace MoodStream.Scorer.Pipeline;

/// <summary>Where the pipeline stands.</summary>
public enum PipelinePhase
{
    /// <summary>Backbones are being loaded.</summary>
    Loading,

    /// <summary>Images flow.</summary>
    Running,

    /// <summary>It has ended as it was told to.</summary>
    Stopped,

    /// <summary>It has ended since something failed.</summary>
    Faulted,
}
