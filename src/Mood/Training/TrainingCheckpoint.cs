using MoodStream.Mood.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Everything a run needs to go on where it stopped: weights, optimiser moments, step and recipe, in one safetensors file.</summary>
public static class TrainingCheckpoint
{
    private const string StepKey = "moodstream.step";
    private const string RecipeKey = "moodstream.recipe";
    private const string ModelPrefix = "model.";
    private const string FirstMoment = "adam.m.";
    private const string SecondMoment = "adam.v.";
    private const string Average = "average.";

    /// <summary>Writes a checkpoint; an older one is replaced only once this one is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Its optimiser.</param>
    /// <param name="step">Steps done; the same for every parameter.</param>
    /// <param name="recipe">Text that must be equal on resumption.</param>
    /// <param name="average">Running average of the weights; null where the run has none.</param>
    internal static void Save(
        string path, nn.Module model, AdamW optimizer, long step, string recipe, WeightAverage? average = null)
    {
        var tensors = model.state_dict().Select(t => (ModelPrefix + t.Key, t.Value)).ToList();
        foreach (var (name, state) in States(model, optimizer))
        {
            tensors.Add((FirstMoment + name, state.exp_avg));
            tensors.Add((SecondMoment + name, state.exp_avg_sq));
        }
        if (average is not null) tensors.AddRange(average.Averages.Select(a => (Average + a.Name, a.Average)));
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { [StepKey] = step.ToString(), [RecipeKey] = recipe });
    }

    /// <summary>Restores a checkpoint into a model and its optimiser.</summary>
    /// <returns>Steps done.</returns>
    /// <exception cref="SafetensorsException">The file is damaged, or of another recipe.</exception>
    internal static long Restore(string path, nn.Module model, AdamW optimizer, string recipe, WeightAverage? average = null)
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(RecipeKey, out var saved) || !file.Metadata.TryGetValue(StepKey, out var step))
            throw new SafetensorsException(path, "it is no training checkpoint.");
        if (saved != recipe)
            throw new SafetensorsException(path, $"it belongs to another recipe. It has {saved}; this run has {recipe}.");

        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in model.state_dict()) tensor.copy_(file.Load(ModelPrefix + name).reshape(tensor.shape));
        foreach (var (name, state) in States(model, optimizer))
        {
            state.exp_avg.copy_(file.Load(FirstMoment + name));
            state.exp_avg_sq.copy_(file.Load(SecondMoment + name));
            state.step = long.Parse(step);
        }
        if (average is not null)
            foreach (var (name, tensor) in average.Averages) tensor.copy_(file.Load(Average + name));
        return long.Parse(step);
    }

    private static IEnumerable<(string Name, AdamW.State State)> States(nn.Module model, AdamW optimizer)
    {
        var states = optimizer.state_dict().State;                       // in the order of the parameter groups
        var places = optimizer.parameters().Select((p, i) => (p.Handle, i)).ToDictionary(p => p.Handle, p => p.i);
        foreach (var (name, parameter) in model.named_parameters())
            if (places.TryGetValue(parameter.Handle, out var place))                  // frozen weights are not among them
                yield return (name, (AdamW.State)states[place]);
    }
}
