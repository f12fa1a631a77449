namespace MoodStream.Mood.Vision.Precision;

/// <summary>Type of the matrix products of a forward pass.</summary>
public enum ForwardPrecision
{
    /// <summary>float32: the same features on every machine, up to rounding of sums.</summary>
    Fp32,

    /// <summary>bfloat16 in the blocks of a Vision Transformer; 8 bits of mantissa. Embedding sums and the last norm stay
    /// in float32.</summary>
    Bf16,

    /// <summary>bfloat16 where the processor multiplies it in hardware and the encoder has blocks for it, else
    /// float32.</summary>
    Auto,
}
