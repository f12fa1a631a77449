using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace MoodStream.Gateway.Review.Scores;

/// <summary>What the gateway reads of a statistics file: the scores of the calibration images, and the threshold taken from them.</summary>
/// <param name="Scores">Scores, rising, at least one; larger is further out.</param>
/// <param name="Threshold">Accepted if the score is at most this.</param>
/// <remarks>
/// The file is safetensors: the length of a JSON header as 8 bytes, the header, the tensors. The gateway has no torch and reads this one
/// tensor itself; names and types are those that Mood writes.
/// </remarks>
internal sealed record CalibrationScores(double[] Scores, double Threshold)
{
    private const string TensorName = "calibration.scores", ThresholdName = "threshold", TextName = "__metadata__";
    private const int LengthBytes = 8;

    /// <summary>Reads a statistics file, with distrust.</summary>
    /// <exception cref="InvalidDataException">It is none, or its scores are not what they should be.</exception>
    public static CalibrationScores Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            if (file.Length < LengthBytes) throw new InvalidDataException("The statistics file is too short to have a header.");
            var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
            if (length > (ulong)(file.Length - LengthBytes)) throw new InvalidDataException("The header of the statistics file is cut off.");
            using var header = JsonDocument.Parse(file.Slice(LengthBytes, (int)length));
            var scores = ScoresOf(header.RootElement.GetProperty(TensorName), file.Span[(LengthBytes + (int)length)..]);
            var text = header.RootElement.GetProperty(TextName).GetProperty(ThresholdName).GetString();
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var threshold) || !double.IsFinite(threshold))
                throw new InvalidDataException($"'{ThresholdName}' of the statistics file is not a number.");
            return new(scores, threshold);
        }
        // What is missing in the header, or is of another kind than it should be.
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"The header of the statistics file cannot be read: {e.Message}", e);
        }
    }

    private static double[] ScoresOf(JsonElement entry, ReadOnlySpan<byte> tensors)
    {
        var (count, from, to) = (
            entry.GetProperty("shape")[0].GetInt64(), entry.GetProperty("data_offsets")[0].GetInt64(), entry.GetProperty("data_offsets")[1].GetInt64());
        if (entry.GetProperty("dtype").GetString() != "F64" || entry.GetProperty("shape").GetArrayLength() != 1
            || count < 1 || from < 0 || to > tensors.Length || from > to || (double)(to - from) / sizeof(double) != count)
            throw new InvalidDataException($"'{TensorName}' of the statistics file is no row of float64 inside the file.");
        var scores = new double[count];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = BinaryPrimitives.ReadDoubleLittleEndian(tensors[((int)from + i * sizeof(double))..]);
        if (!double.IsFinite(scores[0]) || !double.IsFinite(scores[^1]) || !IsRising(scores))
            throw new InvalidDataException($"'{TensorName}' of the statistics file is not sorted and finite.");
        return scores;
    }

    private static bool IsRising(double[] scores)
    {
        for (var i = 1; i < scores.Length; i++)
            if (!(scores[i - 1] <= scores[i])) return false;
        return true;
    }
}
