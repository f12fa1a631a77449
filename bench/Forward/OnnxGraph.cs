namespace MoodStream.Bench.Forward;

/// <summary>An ONNX graph in the making: nodes, constants, one input, one output. Standard operators only.</summary>
/// <remarks>Source: the ONNX specification, operator set 20, and its protobuf schema.</remarks>
internal sealed class OnnxGraph : IDisposable
{
    private const int OperatorSet = 20, FormatVersion = 9;
    private readonly OnnxMessage _graph = new OnnxMessage().Add(2, "encoder");
    private int _count;

    /// <summary>A constant.</summary>
    /// <returns>Its name.</returns>
    public string Constant<T>(IReadOnlyList<long> shape, ReadOnlySpan<T> values) where T : unmanaged
    {
        var name = NewName("constant");
        _graph.Add(5, OnnxMessage.Tensor(name, shape, values));
        return name;
    }

    /// <summary>A constant list of integers, such as a shape.</summary>
    public string Integers(params long[] values) => Constant<long>([values.Length], values);

    /// <summary>A node with one output.</summary>
    /// <param name="operation">The operator.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="attributes">Attributes: an integer, integers, or a float.</param>
    /// <returns>Name of its output.</returns>
    public string Node(string operation, string[] inputs, params (string Name, object Value)[] attributes) =>
        Nodes(operation, inputs, 1, attributes)[0];

    /// <summary>A node with several outputs.</summary>
    public string[] Nodes(string operation, string[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        var node = new OnnxMessage();
        foreach (var input in inputs) node.Add(1, input);
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => NewName(operation))];
        foreach (var name in names) node.Add(2, name);
        node.Add(4, operation);
        foreach (var (name, value) in attributes) node.Add(5, Attribute(name, value));
        _graph.Add(1, node);
        return names;
    }

    /// <summary>Declares the input and the output and writes the file.</summary>
    public void Save(string path, (string Name, long[] Shape) input, (string Name, long[] Shape) output)
    {
        _graph.Add(11, Value(input.Name, input.Shape)).Add(12, Value(output.Name, output.Shape));
        using var model = new OnnxMessage().Add(1, FormatVersion).Add(2, "mood bench").Add(7, _graph)
            .Add(8, new OnnxMessage().Add(1, "").Add(2, OperatorSet));
        model.Save(path);
    }

    /// <inheritdoc/>
    public void Dispose() => _graph.Dispose();

    private string NewName(string of) => $"{of}_{_count++}";

    private static OnnxMessage Attribute(string name, object value)
    {
        const int isFloat = 1, isInteger = 2, areIntegers = 7;
        var attribute = new OnnxMessage().Add(1, name);
        switch (value)
        {
            case float number:
                return attribute.Add(2, number).Add(20, isFloat);
            case int number:
                return attribute.Add(3, number).Add(20, isInteger);
            case int[] numbers:
                foreach (var number in numbers) attribute.Add(8, number);
                return attribute.Add(20, areIntegers);
            default:
                throw new ArgumentException($"An attribute of type {value.GetType().Name} is not written.", nameof(value));
        }
    }

    private static OnnxMessage Value(string name, long[] shape)
    {
        const int float32 = 1;
        var sides = new OnnxMessage();
        foreach (var side in shape) sides.Add(1, new OnnxMessage().Add(1, side));
        return new OnnxMessage().Add(1, name).Add(2, new OnnxMessage().Add(1, new OnnxMessage().Add(1, float32).Add(2, sides)));
    }
}
