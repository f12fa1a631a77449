namespace MoodStream.MoodTests;

/// <summary>Damages files for tests of readers.</summary>
internal static class Mutation
{
    /// <summary>Where structure lies: the first bytes of a file.</summary>
    private const int Reach = 6000;

    /// <summary>A copy with up to three bytes changed, mostly into those that mean something in JSON; one in ten is cut
    /// off.</summary>
    public static byte[] Of(byte[] whole, Random random)
    {
        var bytes = (byte[])whole.Clone();
        var reach = Math.Min(bytes.Length, Reach);
        for (var n = random.Next(1, 4); n > 0; n--)
            bytes[random.Next(reach)] = random.Next(3) == 0 ? (byte)random.Next(256)
                : (byte)"0123456789{}[]\",:"[random.Next(17)];
        return random.Next(10) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }
}
