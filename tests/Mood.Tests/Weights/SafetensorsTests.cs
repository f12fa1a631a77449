using System.Buffers.Binary;
using System.Text;
using MoodStream.Mood.Weights;
using MoodStream.TestKit;
using TorchSharp;

namespace MoodStream.MoodTests.Weights;

public sealed class SafetensorsTests
{
    [Fact]
    public void WriteThenRead_EveryElementType_GivesTheSameValues()
    {
        torch.ScalarType[] types = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.@bool];
        using var scope = torch.NewDisposeScope();
        var tensors = types.Select((t, i) => (Name: $"t{i}", Tensor: torch.arange(24).reshape(2, 3, 4).to_type(t))).ToArray();

        using var file = SafetensorsFile.Read(SafetensorsWriter.ToBytes(tensors, new Dictionary<string, string> { ["a"] = "ü" }));

        Assert.Equal("ü", file.Metadata["a"]);
        Assert.All(tensors, t => Assert.True(file.Load(t.Name).Equals(t.Tensor), t.Name));
    }

    [Fact]
    public void Write_SameContentInAnotherOrder_GivesTheSameBytes()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (torch.ones(3), torch.zeros(2, 2));
        Assert.Equal(SafetensorsWriter.ToBytes([("a", a), ("b", b)]), SafetensorsWriter.ToBytes([("b", b), ("a", a)]));
    }

    [Fact]
    public void Write_NonContiguousAndEmptyAndScalar_KeepTheirShapes()
    {
        using var scope = torch.NewDisposeScope();
        var transposed = torch.arange(6).reshape(2, 3).t();
        using var file = SafetensorsFile.Read(SafetensorsWriter.ToBytes([("t", transposed), ("e", torch.zeros(0, 3)), ("s", torch.tensor(7.5))]));
        Assert.True(file.Load("t").Equals(transposed));
        Assert.Equal([0L, 3L], file.Load("e").shape);
        Assert.Equal(7.5, file.Load("s").item<double>());
    }

    [Fact]
    public void Open_AnyGoldenCheckpoint_ReadsEveryTensor()
    {
        foreach (var path in Directory.EnumerateFiles(SharedFiles.Require("golden", "models"), "model*.safetensors", SearchOption.AllDirectories))
        {
            using var scope = torch.NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            Assert.All(file.Tensors.Values, t => Assert.Equal(t.Shape, file.Load(t.Name).shape));
        }
    }

    [Theory]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not fill")]
    [InlineData("""{"t":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", 4, "known are")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "begin, end")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "fill 4 of 8")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "not at 0")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"u":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "not at 4")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "twice")]
    [InlineData("""{"t":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", 4, "does not fill")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1]}}""", 4, "lacks")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "not a string")]
    [InlineData("""[]""", 0, "not a JSON object")]
    [InlineData("""{"t":""", 0, "not JSON")]
    public void Read_MalformedHeader_IsRefusedWithTheProblem(string header, int dataBytes, string problem)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)header.Length);
        Encoding.UTF8.GetBytes(header).CopyTo(bytes, 8);
        Assert.Contains(problem, Assert.Throws<SafetensorsException>(() => SafetensorsFile.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 128, 1 })]
    public void Read_ImpossibleLength_IsRefused(byte[] bytes) => Assert.Throws<SafetensorsException>(() => SafetensorsFile.Read(bytes));

    [Fact]
    public void Read_AnyByteOfTheHeaderAltered_IsReadOrRefusedButNeverCrashes()
    {
        using var scope = torch.NewDisposeScope();
        var good = SafetensorsWriter.ToBytes([("weight", torch.ones(4, 4)), ("bias", torch.zeros(4))], new Dictionary<string, string> { ["k"] = "v" });
        var headerBytes = (int)BinaryPrimitives.ReadUInt64LittleEndian(good);
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 3000; i++)
        {
            var bad = good.ToArray();
            bad[random.Next(8 + headerBytes)] = (byte)random.Next(256);
            try
            {
                using var file = SafetensorsFile.Read(bad);
            }
            catch (SafetensorsException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1000, 3000);
    }

    [Fact]
    public void Open_MissingFile_SaysSo() =>
        Assert.Contains("no such file", Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open("nowhere.safetensors")).Message, StringComparison.Ordinal);
}
