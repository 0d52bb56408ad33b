using System.Buffers.Binary;
using System.Text;
using EdgeSimToReal.Core.Weights;
using FsCheck;
using FsCheck.Xunit;

namespace EdgeSimToReal.Core.Tests.Weights;

public sealed class SafetensorsFileTests
{
    [Property(Replay = "1848303,7919", MaxTest = 100)]
    public void AnyTensors_RoundTrip(int[][] shapes, string?[] texts, int seed)
    {
        using TemporaryFolder folder = new();
        Random random = new(seed);
        Dictionary<string, WeightTensor> tensors = [];
        for (int i = 0; i < shapes.Length; i++)
        {
            int[] shape = [.. shapes[i].Take(3).Select(size => (int)((uint)size % 5))];
            int count = shape.Aggregate(1, (a, b) => a * b);
            float[] values = [.. Enumerable.Range(0, count).Select(_ => BitConverter.Int32BitsToSingle(random.Next()))];
            tensors[$"layer.{i} \"{i}\""] = new WeightTensor(shape, values);
        }
        // Lone surrogates can't be written as UTF-8 at all.
        Dictionary<string, string> metadata = texts.Where(text => text is not null && IsUnicode(text))
            .Select((text, i) => (text, i)).ToDictionary(pair => $"k{pair.i}", pair => pair.text!);
        new SafetensorsFile(tensors, metadata).Write(folder["w"]);
        SafetensorsFile read = SafetensorsFile.Read(folder["w"]);
        Assert.Equal(metadata, read.Metadata);
        Assert.Equal(tensors.Keys.Order(), read.Tensors.Keys.Order());
        foreach ((string name, WeightTensor tensor) in tensors)
        {
            Assert.Equal(tensor.Shape, read.Tensors[name].Shape);
            int[] bits = [.. tensor.Values.Select(BitConverter.SingleToInt32Bits)];
            Assert.Equal(bits, read.Tensors[name].Values.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void TheDataIsAligned_AndTheFileIsTheSameEachTime()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, WeightTensor> tensors = new() { ["b"] = new([2], [1, 2]), ["a"] = new([], [3]) };
        new SafetensorsFile(tensors).Write(folder["1"]);
        new SafetensorsFile(tensors.Reverse().ToDictionary()).Write(folder["2"]);
        byte[] bytes = File.ReadAllBytes(folder["1"]);
        Assert.Equal(bytes, File.ReadAllBytes(folder["2"]));
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(bytes) % 8);
        Assert.Equal("[]", SafetensorsFile.Read(folder["1"]).Tensors["a"].ShapeText);
    }

    [Theory]
    [InlineData("F32", "0000C03F000000C0")]
    [InlineData("F16", "003E00C0")]
    [InlineData("BF16", "C03F00C0")]
    [InlineData("F64", "000000000000F83F00000000000000C0")]
    public void EachFloatType_IsRead(string type, string hex)
    {
        byte[] data = Convert.FromHexString(hex);
        Assert.Equal([1.5f, -2f], ReadText(
            $$$"""{"t":{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,{{{data.Length}}}]}}""", data).Tensors["t"].Values);
    }

    [Fact]
    public void Counters_AreRead() => Assert.Equal([3f], ReadText(
        """{"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}""", [3, 0, 0, 0, 0, 0, 0, 0]).Tensors["n"].Values);

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{")]
    [InlineData("""{"t":5}""")]
    [InlineData("""{"t":{}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":{"a":0}}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[-9223372036854775808,9223372036854775807]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2147483647,2147483647,2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"__metadata__":5}""")]
    [InlineData("""{"__metadata__":{"a":5},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    public void AHostileHeader_IsOneClearError(string header)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => ReadText(header, new byte[8]));
        Assert.Contains("not a valid safetensors file", error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000_001)]
    [InlineData(25)]
    public void AHeaderLengthThatCantBe_IsOneClearError(long length)
    {
        byte[] bytes = new byte[32];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        AssertOnlyEdgeSimExceptions(bytes, mustFail: true);
    }

    [Fact]
    public void ADeepHeader_IsOneClearError() =>
        Assert.Throws<EdgeSimException>(() => ReadText(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)), []));

    [Property(Replay = "1848303,7919", MaxTest = 300)]
    public void RandomBytes_GiveNothingButOneError(byte[] bytes) => AssertOnlyEdgeSimExceptions(bytes, mustFail: true);

    /// <summary>A valid file with bytes changed, cut or doubled: read or refused, never anything else.</summary>
    [Property(Replay = "1848303,7919", MaxTest = 500)]
    public void AMutatedFile_IsReadOrRefused(int seed, PositiveInt changes)
    {
        byte[] header = Encoding.UTF8.GetBytes(
            """{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}"""
            + ""","b":{"dtype":"F16","shape":[4],"data_offsets":[8,16]}}""");
        List<byte> bytes = [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[16]];
        Random random = new(seed);
        for (int i = 0; i < 1 + (changes.Get % 6); i++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)"0123456789-{}[],:\"eE."[random.Next(21)];
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at - 1));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(8), bytes.Count - at)));
                    break;
            }
        }
        AssertOnlyEdgeSimExceptions([.. bytes], mustFail: false);
    }

    [Fact]
    public void ATruncatedFile_IsRefused_WhereverItEnds()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, WeightTensor> tensors = new() { ["a"] = new([3], [1, 2, 3]), ["b"] = new([2], [4, 5]) };
        new SafetensorsFile(tensors).Write(folder["w"]);
        byte[] whole = File.ReadAllBytes(folder["w"]);
        for (int length = 0; length < whole.Length; length++)
            AssertOnlyEdgeSimExceptions(whole[..length], mustFail: true);
    }

    [Fact]
    public void AMissingFile_OrAFolder_IsOneClearError()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("Can't read the weights file", Assert.Throws<EdgeSimException>(() => SafetensorsFile.Read(folder["none"])).Message);
        Assert.Contains("Can't read the weights file", Assert.Throws<EdgeSimException>(() => SafetensorsFile.Read(folder.Path)).Message);
    }

    [Fact]
    public void TheSharedFiles_AreRead()
    {
        Assert.Equal(91, SafetensorsFile.Read(SharedFolder.Require("weights", "edge-probe.safetensors")).Tensors.Count);
        foreach (string name in new[] { "sae-full", "sae-small", "deeplabv3plus-resnet50", "deeplabv3plus-mobilenet" })
        {
            SafetensorsFile file = SafetensorsFile.Read(SharedFolder.Require("golden", name + ".safetensors"));
            Assert.All(file.Tensors.Values, tensor => Assert.All(tensor.Values, value => Assert.True(float.IsFinite(value))));
        }
    }

    private static bool IsUnicode(string text)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static SafetensorsFile ReadText(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return ReadBytes([.. BitConverter.GetBytes((long)text.Length), .. text, .. data]);
    }

    private static void AssertOnlyEdgeSimExceptions(byte[] bytes, bool mustFail)
    {
        Exception? error = Record.Exception(() => ReadBytes(bytes));
        if (error is not null || mustFail)
            Assert.IsType<EdgeSimException>(error);
    }

    private static SafetensorsFile ReadBytes(byte[] bytes)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["w.safetensors"], bytes);
        return SafetensorsFile.Read(folder["w.safetensors"]);
    }
}
