using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MoodStream.GatewayTests.Fakes;

/// <summary>As much of a statistics file as the gateway reads, laid out by hand.</summary>
internal static class StatisticsFile
{
    /// <summary>A file with these scores, behind another tensor of 16 bytes.</summary>
    public static byte[] Of(double threshold, params double[] scores) => Of(string.Create(CultureInfo.InvariantCulture, $$"""
        {"__metadata__":{"threshold":"{{threshold:R}}"},
        "detector.mean":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},
        "calibration.scores":{"dtype":"F64","shape":[{{scores.Length}}],"data_offsets":[16,{{16 + 8 * scores.Length}}] } }
        """), scores);

    /// <summary>A file with this header.</summary>
    public static byte[] Of(string header, params double[] scores)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + 16 + 8 * scores.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        for (var i = 0; i < scores.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 + text.Length + 16 + 8 * i), scores[i]);
        return bytes;
    }
}
