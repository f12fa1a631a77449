using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>What every encoder asks of its images.</summary>
internal static class EncoderInput
{
    /// <param name="images">Normalised images, to be of shape [B, 3, H, W].</param>
    /// <param name="input">H and W; pixels.</param>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public static void Require(Tensor images, GridSize input)
    {
        if (images.dim() != 4 || images.shape[1] != 3 || images.shape[2] != input.Height
            || images.shape[3] != input.Width)
            throw new ArgumentException(
                $"The images are of shape [{string.Join(", ", images.shape)}]; "
                + $"this encoder takes [B, 3, {input.Height}, {input.Width}].", nameof(images));
    }
}
