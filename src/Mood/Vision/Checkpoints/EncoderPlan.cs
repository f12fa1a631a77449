using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>An encoder that a checkpoint's tensors fit, before it is built: its shape, and where its tensors come
/// from.</summary>
internal abstract class EncoderPlan
{
    /// <summary>Size of the encoder's input; pixels.</summary>
    public abstract GridSize Input { get; }

    /// <summary>Length of a feature.</summary>
    public abstract int FeatureLength { get; }

    /// <summary>Whether the checkpoint's classifier, if it has one, takes these features. Default yes.</summary>
    public virtual bool HasClassifier => true;

    /// <summary>About how many values the encoder has: what building it will allocate.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>Everything that keeps the encoder from being built.</summary>
    public abstract IReadOnlyList<string> Problems();

    /// <summary>Builds the encoder, its weights not filled yet. Only where there are no problems.</summary>
    public abstract ImageEncoder Build();

    /// <summary>Value of one of the encoder's tensors; null where the checkpoint does not have it.</summary>
    /// <param name="tensors">The checkpoint's tensors.</param>
    /// <param name="name">The encoder's name.</param>
    /// <param name="used">Takes the names of the tensors that were used.</param>
    public virtual Tensor? ValueOf(NamedTensors tensors, string name, ISet<string> used)
    {
        if (!tensors.Has(name)) return null;
        used.Add(name);
        return tensors.Load(name);
    }

    /// <summary>A tensor that is not the encoder's, in the shape the classifier and others want.</summary>
    public virtual Tensor Beside(string name, Tensor value) => value;

    /// <summary>What stands in for a tensor the checkpoint does not have, for people; null: it has to be
    /// there.</summary>
    public virtual string? StandInFor(NamedTensors tensors, string name) => null;

    /// <summary>Why a tensor of the checkpoint is not needed for features; null: it must not be left over.</summary>
    public virtual string? ReasonToWaive(string name) =>
        name.StartsWith("head.", StringComparison.Ordinal) ? "the classifier" : null;
}
