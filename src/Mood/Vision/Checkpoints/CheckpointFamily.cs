namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>A family of published checkpoints: how its tensors are named and what encoder they make.</summary>
internal abstract class CheckpointFamily
{
    /// <summary>Families that are not Vision Transformers alone, each told by names that no other has.</summary>
    private static readonly CheckpointFamily[] Comparators =
        [new HybridFamily(), new ResNetV2Family(), new MixerFamily()];

    /// <summary>Family and program, for people.</summary>
    public abstract string Name { get; }

    /// <summary>Its names.</summary>
    public abstract KeyMap Names { get; }

    /// <summary>Tells the family by the names of tensors and the configuration.</summary>
    public static CheckpointFamily Detect(IReadOnlyCollection<string> names, CheckpointSettings settings) =>
        Comparators.FirstOrDefault(family => names.Any(family.Owns)) ?? VitFamily.Detect(names, settings);

    /// <summary>Works out the encoder; problems are added to those of <paramref name="tensors"/>.</summary>
    /// <returns>Null where the tensors do not tell one.</returns>
    /// <exception cref="FormatException">A value of the configuration is of the wrong kind.</exception>
    public EncoderPlan? Plan(NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices)
    {
        if (settings.Architecture is { Length: > 0 } said && !Suits(said))
            tensors.Problems.Add($"config.json says the architecture '{said}', the tensors are those of {Name}.");
        return Infer(tensors, settings, choices);
    }

    /// <summary>Whether a tensor of this name, as the file has it, is one that only this family has.</summary>
    protected abstract bool Owns(string name);

    /// <summary>Whether timm's name of an architecture is one of this family.</summary>
    protected abstract bool Claims(string architecture);

    /// <summary>Works out the encoder.</summary>
    protected abstract EncoderPlan? Infer(NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices);

    /// <summary>A family that names its architectures wants one of them; the others want none of those.</summary>
    private bool Suits(string architecture) =>
        Comparators.FirstOrDefault(family => family.Claims(architecture)) is { } claimant
            ? claimant == this
            : !Comparators.Contains(this);
}
