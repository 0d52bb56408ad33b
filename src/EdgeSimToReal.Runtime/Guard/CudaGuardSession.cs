using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Onnx.Segmentation;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Guard;

/// <summary>A bundle's guard in ONNX Runtime's CUDA provider.</summary>
internal sealed class CudaGuardSession : ICudaGuardNetwork
{
    private readonly CudaSession _session;

    /// <summary>Loads the guard.</summary>
    /// <param name="stream">Where the work queues up; its device's context must be this thread's.</param>
    /// <param name="bundle">A bundle with a guard.</param>
    /// <param name="options">How ONNX Runtime computes.</param>
    /// <param name="record">Whether the work is recorded as a CUDA graph.</param>
    /// <exception cref="EdgeSimException">ONNX Runtime refuses the guard or the device, or memory runs out.</exception>
    public CudaGuardSession(CudaStream stream, ModelBundle bundle, CudaSessionOptions options, bool record)
    {
        BundleGuard guard = bundle.Manifest.Guard!;
        LabelSpace space = LabelSpaces.ByName(guard.LabelSpace);
        byte[] model = FixSizes(bundle.Content(BundleRoles.Guard), guard);
        _session = new CudaSession(stream, model, "label guard", options, record);
        try
        {
            if (!_session.InputNames.SequenceEqual([SaeExporter.Image])
                || _session.OutputShape(SegmenterExporter.Logits) is not [_, var classes, _, _] || classes != space.Count)
            {
                throw GuardNetwork.NoSegmenter(bundle, space, _session.InputNames, _session.OutputNames);
            }
            Input = new DeviceBuffer<float>(stream.Device, GuardNetwork.Pictures * 3 * guard.Width * guard.Height);
            Logits = new DeviceBuffer<float>(stream.Device, GuardNetwork.Pictures * space.Count * guard.Width * guard.Height);
            stream.Clear(Input);
            _session.BindInput(SaeExporter.Image, Input.View, [GuardNetwork.Pictures, 3, guard.Height, guard.Width]);
            _session.BindOutput(SegmenterExporter.Logits, Logits.View, [GuardNetwork.Pictures, space.Count, guard.Height, guard.Width]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public DeviceBuffer<float> Input { get; } = null!;

    /// <inheritdoc/>
    public DeviceBuffer<float> Logits { get; } = null!;

    /// <summary>The guard's graph for two pictures of its size, and without outputs that nobody reads.</summary>
    /// <remarks>With sizes left open ONNX Runtime would compute with shapes on the CPU, and could not record the work.</remarks>
    /// <param name="content">The serialised model.</param>
    /// <param name="guard">The guard's size.</param>
    public static byte[] FixSizes(byte[] content, BundleGuard guard)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(content);
        long[] sizes = [GuardNetwork.Pictures, 3, guard.Height, guard.Width];
        foreach (ValueInfoProto input in model.Graph.Input.Where(input => input.Name == SaeExporter.Image))
        {
            TensorShapeProto shape = input.Type.TensorType.Shape;
            for (int i = 0; i < shape.Dim.Count && i < sizes.Length; i++)
                shape.Dim[i] = new TensorShapeProto.Types.Dimension { DimValue = sizes[i] };
        }
        foreach (ValueInfoProto output in model.Graph.Output.Where(output => output.Name != SegmenterExporter.Logits).ToArray())
            model.Graph.Output.Remove(output);
        return model.ToByteArray();
    }

    /// <inheritdoc/>
    public void WarmUp() => _session.WarmUp();

    /// <inheritdoc/>
    public void Run() => _session.Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        // ONNX Runtime works on the memory until its session is gone.
        _session.Dispose();
        Input?.Dispose();
        Logits?.Dispose();
    }
}
