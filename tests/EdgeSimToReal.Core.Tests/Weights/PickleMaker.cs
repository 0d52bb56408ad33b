using System.Buffers.Binary;
using System.Text;

namespace EdgeSimToReal.Core.Tests.Weights;

/// <summary>Writes pickles byte by byte: the shapes that torch.save produces, and attacks.</summary>
internal sealed class PickleMaker
{
    private readonly List<byte> _bytes = [0x80, 2];

    public byte[] Done() => [.. _bytes, (byte)'.'];

    public PickleMaker Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleMaker Raw(string ascii) => Raw(Encoding.ASCII.GetBytes(ascii));

    public PickleMaker Global(string module, string name) => Raw($"c{module}\n{name}\n");

    /// <summary>null, bool, int, long, double, string, object[] (tuple), List, (key, value)[] (dict), StateDict, TestTensor.</summary>
    public PickleMaker Value(object? value)
    {
        switch (value)
        {
            case null:
                return Raw("N");
            case bool flag:
                return Raw(flag ? (byte)0x88 : (byte)0x89);
            case int number:
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(four, number);
                return Raw("J").Raw(four);
            case long number:
                Span<byte> eight = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(eight, number);
                return Raw(0x8a, 8).Raw(eight);
            case double number:
                Span<byte> real = stackalloc byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(real, number);
                return Raw("G").Raw(real);
            case string text:
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                return Raw("X").Raw(BitConverter.GetBytes(utf8.Length)).Raw(utf8);
            case object?[] tuple:
                Raw("(");
                foreach (object? item in tuple)
                    Value(item);
                return Raw("t");
            case List<object?> list:
                Raw("](");
                foreach (object? item in list)
                    Value(item);
                return Raw("e");
            case (string, object?)[] dictionary:
                return Raw("}").Items(dictionary);
            case StateDict state:
                // With its versions, as torch.nn.Module.state_dict has them.
                return Global("collections", "OrderedDict").Raw(")R").Items(state.Items)
                    .Raw("}").Items([("_metadata", new (string, object?)[] { ("", 1) })]).Raw("b");
            case TestTensor tensor:
                return Tensor(tensor);
            default:
                throw new ArgumentException($"{value.GetType()}");
        }
    }

    private PickleMaker Items((string Key, object? Value)[] items)
    {
        Raw("(");
        foreach ((string key, object? value) in items)
            Value(key).Value(value);
        return Raw("u");
    }

    private PickleMaker Tensor(TestTensor tensor)
    {
        if (tensor.Parameter)
        {
            return Global("torch._utils", "_rebuild_parameter").Raw("(").Value(tensor with { Parameter = false }).Raw((byte)0x88)
                .Global("collections", "OrderedDict").Raw(")RtR");
        }
        Global("torch._utils", "_rebuild_tensor_v2").Raw("((").Value("storage").Global("torch", tensor.Type).Value(tensor.Key)
            .Value("cuda:0").Value(tensor.StorageCount);
        if (tensor.View is { } view)
            Value(view);
        return Raw("tQ").Value(tensor.Offset).Value(tensor.Sizes.Cast<object?>().ToArray()).Value(tensor.Strides.Cast<object?>().ToArray())
            .Raw((byte)0x89).Global("collections", "OrderedDict").Raw(")RtR");
    }
}
