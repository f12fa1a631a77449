using System.Globalization;

namespace MoodStream.Mood.Imaging;

/// <summary>What becomes of transparency: blended over a colour, or dropped.</summary>
/// <remarks>
/// Dropping keeps the colour stored under transparent pixels, as Pillow's <c>convert("RGB")</c> does; published
/// checkpoints were evaluated so. It also lets a file show the model what no viewer shows a person, so
/// the product blends over white unless told otherwise.
/// </remarks>
public readonly record struct AlphaGround
{
    private AlphaGround(byte red, byte green, byte blue) => (Blends, Red, Green, Blue) = (true, red, green, blue);

    /// <summary>Alpha is ignored.</summary>
    public static AlphaGround Dropped { get; }

    /// <summary>Blended over white.</summary>
    public static AlphaGround White { get; } = Over(255, 255, 255);

    /// <summary>Whether there is a ground to blend over.</summary>
    public bool Blends { get; }

    /// <summary>Red of the ground.</summary>
    public byte Red { get; }

    /// <summary>Green of the ground.</summary>
    public byte Green { get; }

    /// <summary>Blue of the ground.</summary>
    public byte Blue { get; }

    /// <summary>Blended over a colour.</summary>
    public static AlphaGround Over(byte red, byte green, byte blue) => new(red, green, blue);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">Neither <c>dropped</c> nor <c>#rrggbb</c>.</exception>
    public static AlphaGround Parse(string text)
    {
        if (text == "dropped") return Dropped;
        if (text is ['#', _, _, _, _, _, _] &&
            uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb))
        {
            return Over((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
        }

        throw new FormatException($"Alpha ground must be dropped or #rrggbb, not '{text}'.");
    }

    /// <summary><c>dropped</c> or <c>#rrggbb</c>.</summary>
    public override string ToString() => Blends ? $"#{Red:x2}{Green:x2}{Blue:x2}" : "dropped";
}
