namespace MoodStream.Mood.Weights;

/// <summary>A safetensors file is malformed, or lacks a tensor that was asked for.</summary>
/// <param name="source">The file's path, or where the bytes came from.</param>
/// <param name="problem">What is wrong, as a fact.</param>
public sealed class SafetensorsException(string source, string problem) : Exception($"{source}: {problem}")
{
    /// <summary>The file's path, or where the bytes came from.</summary>
    public string File { get; } = source;

    /// <summary>What is wrong.</summary>
    public string Problem { get; } = problem;
}
