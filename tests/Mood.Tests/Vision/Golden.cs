using MoodStream.Mood.Weights;
using MoodStream.TestKit;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision;

/// <summary>One case of the reference kit: a checkpoint, inputs, and what the reference program made of them.</summary>
internal sealed class Golden(string name) : IDisposable
{
    private readonly string _folder = SharedFiles.Require("golden", "models", name);
    private readonly List<SafetensorsFile> _open = [];

    /// <summary>Fills a module from the checkpoint; every parameter of the module must be there under its own name.</summary>
    public void Fill(nn.Module module, Func<string, string>? rename = null, params string[] absent)
    {
        var file = Open("model.safetensors");
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (key, tensor) in module.state_dict())
            if (!absent.Contains(key))
                tensor.copy_(file.Load(rename?.Invoke(key) ?? key));
    }

    public Tensor Input(string run, string tensor) => Open($"{run}.in.safetensors").Load(tensor);

    public Tensor Output(string run, string tensor) => Open($"{run}.out.safetensors").Load(tensor);

    public static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, tolerance);
    }

    public void Dispose() => _open.ForEach(f => f.Dispose());

    private SafetensorsFile Open(string file)
    {
        var opened = SafetensorsFile.Open(Path.Combine(_folder, file));
        _open.Add(opened);
        return opened;
    }
}
