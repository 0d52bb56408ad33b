using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>The frozen tensors of a graph, in 32 bits on the CPU and, as far as runs asked for them, in other types on the device.</summary>
internal sealed class OnnxGraphConstants : IDisposable
{
    private readonly Dictionary<string, Tensor> _masters = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, ScalarType Type), Tensor> _cast = [];
    private Device _device = CPU;

    public bool Contains(string name) => _masters.ContainsKey(name);

    /// <summary>Bytes of all tensors in 32 bits.</summary>
    public long ByteCount => _masters.Values.Sum(tensor => tensor.numel() * tensor.element_size());

    /// <summary>The tensor in 32 bits (or of 64-bit integers) on the CPU.</summary>
    public Tensor Master(string name) => _masters[name];

    /// <summary>Takes over a tensor.</summary>
    /// <exception cref="EdgeSimException">The name is taken.</exception>
    public void Add(string name, Tensor tensor, string path)
    {
        if (!_masters.TryAdd(name, tensor.DetachFromDisposeScope()))
            throw new EdgeSimException($"In '{path}' two values have the name '{name}'.", "Export or copy the file again.");
    }

    /// <summary>Reads a tensor of a file.</summary>
    public void Add(string name, TensorProto proto, string path)
    {
        long[] shape = [.. proto.Dims];
        Add(name, TensorData.IsFloating(proto) ? tensor(TensorData.Floats(proto, path), shape)
            : (TensorProto.Types.DataType)proto.DataType == TensorProto.Types.DataType.Bool
                ? tensor(TensorData.Integers(proto, path), shape).ne(0)
                : tensor(TensorData.Integers(proto, path), shape), path);
    }

    /// <summary>The tensor for a run: floating-point ones in its type and on its device, integers on the CPU.</summary>
    public Tensor For(string name, OnnxRun run)
    {
        Tensor master = _masters[name];
        if (!master.is_floating_point() || (run.Type == master.dtype && run.Device.type == DeviceType.CPU))
            return master;
        if (!_cast.TryGetValue((name, run.Type), out Tensor? cast))
            _cast.Add((name, run.Type), cast = master.to(run.Type).to(run.Device).DetachFromDisposeScope());
        return cast;
    }

    /// <summary>Says where the runs to come are.</summary>
    public void Move(Device device)
    {
        if (device.type == _device.type && device.index == _device.index)
            return;
        Forget();
        _device = device;
    }

    public void Dispose()
    {
        Forget();
        foreach (Tensor tensor in _masters.Values)
            tensor.Dispose();
        _masters.Clear();
    }

    private void Forget()
    {
        foreach (Tensor tensor in _cast.Values)
            tensor.Dispose();
        _cast.Clear();
    }
}
