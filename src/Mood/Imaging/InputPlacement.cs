namespace MoodStream.Mood.Imaging;

/// <summary>Where a backbone's input lies in the image it was made from: the way back from patches to pixels.</summary>
/// <param name="Width">Width of the image, in pixels.</param>
/// <param name="Height">Height of the image, in pixels.</param>
/// <param name="ScaleX">Input pixels for each image pixel, across.</param>
/// <param name="ScaleY">Input pixels for each image pixel, down.</param>
/// <param name="Left">Columns of the resized image that the crop cuts off at the left; negative where it pads.</param>
/// <param name="Top">Rows that the crop cuts off at the top; negative where it pads.</param>
public readonly record struct InputPlacement(int Width, int Height, double ScaleX, double ScaleY, long Left, long Top)
{
    /// <summary>Place of the centre of an image column in the input, in input pixels from its left edge.</summary>
    /// <param name="column">Column of the image, from 0.</param>
    /// <returns>Below 0 or beyond the input's width where the crop cut the column off.</returns>
    public double Across(int column) => (column + 0.5) * ScaleX - Left;

    /// <summary>Place of the centre of an image row in the input, in input pixels from its top edge.</summary>
    /// <inheritdoc cref="Across" path="/returns"/>
    /// <param name="row">Row of the image, from 0.</param>
    public double Down(int row) => (row + 0.5) * ScaleY - Top;
}
