using Microsoft.ML.OnnxRuntime;

namespace MoodStream.Bench.Forward;

/// <summary>The peer: ONNX Runtime in float32 with all its graph optimisations, on as many threads as ours.</summary>
internal sealed class OnnxPeer : IDisposable
{
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtValue _input;
    private readonly OrtValue _output;
    private readonly string _outputName;
    private readonly float[] _features;

    /// <param name="model">ONNX file.</param>
    /// <param name="outputName">Name of the feature.</param>
    /// <param name="images">Images, [B, 3, S, S].</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="length">Length of a feature.</param>
    public OnnxPeer(string model, string outputName, float[] images, long[] shape, int length)
    {
        _options = new SessionOptions
        {
            IntraOpNumThreads = Environment.ProcessorCount, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new InferenceSession(model, _options);
        (_outputName, _features) = (outputName, new float[shape[0] * length]);
        _input = OrtValue.CreateTensorValueFromMemory(images, shape);
        _output = OrtValue.CreateTensorValueFromMemory(_features, [shape[0], length]);
    }

    /// <summary>Version of ONNX Runtime.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>Runs the batch.</summary>
    /// <returns>Features, [B, D]; overwritten by the next call.</returns>
    public float[] Forward()
    {
        _session.Run(_run, [VitExport.Input], [_input], [_outputName], [_output]);
        return _features;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _input.Dispose();
        _run.Dispose();
        _session.Dispose();
        _options.Dispose();
    }
}
