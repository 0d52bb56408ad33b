using System.Runtime.InteropServices;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx.Schema;
using FsCheck.Xunit;
using Google.Protobuf;

namespace EdgeSimToReal.Onnx.Tests;

public sealed class OnnxFileTests
{
    private static readonly byte[] Valid = SaeExporter.StructureEncoder(
        new SaeWeights(SaeConfiguration.Tiny, SaeGolden.Weights(SaeConfiguration.Tiny))).ToByteArray();

    [Fact]
    public void Initializers_AreThoseOfTheGraph()
    {
        SaeWeights weights = new(SaeConfiguration.Tiny, SaeGolden.Weights(SaeConfiguration.Tiny));
        Dictionary<string, WeightTensor> read = Read(Valid);
        WeightTensor expected = weights.Equalised("E.FromRGB.Conv.weight", activated: true);
        Assert.Equal(expected.Shape, read["E.FromRGB.Conv.weight"].Shape);
        Assert.Equal(expected.Values, read["E.FromRGB.Conv.weight"].Values);
        Assert.DoesNotContain(read.Keys, name => name.StartsWith("int64.", StringComparison.Ordinal));
    }

    [Fact]
    public void Empty_HasNoGraph() => Assert.Contains("holds no graph", Refused([]));

    [Fact]
    public void NoProtobuf_IsNoModel() => Assert.Contains("is not an ONNX model", Refused("this is text, not a model"u8.ToArray()));

    [Fact]
    public void Truncated_IsNoModel() => Assert.Contains("is not an ONNX model", Refused(Valid[..(Valid.Length / 2)]));

    [Theory]
    [InlineData(16)]
    [InlineData(18)]
    public void AnotherOperatorSet_IsNamed(int opset)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Valid);
        model.OpsetImport[0].Version = opset;
        Assert.Contains($"operator set {opset}, and this version reads 17", Refused(model.ToByteArray()));
    }

    [Fact]
    public void NoOperatorSet_IsRefused()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Valid);
        model.OpsetImport.Clear();
        Assert.Contains("operator set 0", Refused(model.ToByteArray()));
    }

    public static TheoryData<long[], int> HostileShapes { get; } = new()
    {
        { [5], 4 },
        { [-1, -4], 4 },
        { [-4], 4 },
        { [1L << 32, 1L << 32], 0 }, // the product overflows to 0
        { [1L << 62], 0 }, // so do its bytes
        { [(1L << 32) + 4], 4 }, // 4 as an int
        { [0, long.MaxValue], 1 },
    };

    [Theory]
    [MemberData(nameof(HostileShapes))]
    public void ShapeThatDoesNotFitItsData_IsRefused(long[] shape, int values)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Valid);
        TensorProto tensor = model.Graph.Initializer[0];
        tensor.Dims.Clear();
        tensor.Dims.AddRange(shape);
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(new float[values]));
        Assert.Contains($"'{tensor.Name}'", Refused(model.ToByteArray()));
    }

    [Fact]
    public void BytesThatAreNoWholeFloat_AreRefused()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Valid);
        TensorProto tensor = model.Graph.Initializer[0];
        tensor.RawData = ByteString.CopyFrom([.. tensor.RawData.Span, 1]);
        Assert.Contains($"'{tensor.Name}'", Refused(model.ToByteArray()));
    }

    [Fact]
    public void TwoInitializersOfOneName_AreRefused()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Valid);
        model.Graph.Initializer.Add(model.Graph.Initializer[0].Clone());
        Assert.Contains("two tensors", Refused(model.ToByteArray()));
    }

    [Property(MaxTest = 500, Replay = "4201,7")]
    public void MutatedBytes_AreReadOrRefusedClearly((int Position, byte Value)[] changes, int cut)
    {
        byte[] bytes = [.. Valid];
        foreach ((int position, byte value) in changes)
            bytes[(int)((uint)position * 2654435761 % (uint)bytes.Length)] = value;
        ReadsOrRefuses(cut % 3 == 0 ? bytes[..(int)((uint)cut * 40503 % (uint)bytes.Length)] : bytes);
    }

    [Property(MaxTest = 500, Replay = "4202,7")]
    public void MutatedStructure_IsReadOrRefusedClearly((int Position, byte Value)[] changes)
    {
        // The same without the weights' data, so that nearly every change hits a tag, a length or a size.
        ModelProto model = ModelProto.Parser.ParseFrom(Valid);
        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            tensor.Dims.Clear();
            tensor.Dims.Add(0);
            tensor.RawData = ByteString.Empty;
        }
        byte[] bytes = model.ToByteArray();
        foreach ((int position, byte value) in changes)
            bytes[(int)((uint)position * 2654435761 % (uint)bytes.Length)] = value;
        ReadsOrRefuses(bytes);
    }

    [Property(MaxTest = 500, Replay = "4203,7")]
    public void AnyBytes_AreRefused(byte[] bytes) => Refused(bytes);

    private static void ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            Read(bytes);
        }
        catch (EdgeSimException error)
        {
            Assert.Contains("'model.onnx'", error.Message);
        }
    }

    private static Dictionary<string, WeightTensor> Read(byte[] bytes) =>
        OnnxFile.Initializers(OnnxFile.Parse(bytes, "model.onnx"), "model.onnx");

    private static string Refused(byte[] bytes)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => Read(bytes));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.Contains("'model.onnx'", error.Message);
        return error.Message;
    }
}
