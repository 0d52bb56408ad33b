using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Live;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>
/// Features of images from the ImageNet network of <see cref="ResNet18File"/>: means of its maps over the image, at three sizes. A distance
/// on them is not FID.
/// </summary>
/// <remarks>Frames are read at their own size. One thread calls.</remarks>
public sealed class ResNet18Network : IDisposable
{
    /// <summary>The kind of <see cref="Kinds"/> that counts where there is room for one.</summary>
    public const string StandardKind = "resnet18/16";

    // 1/8, 1/16, 1/32: finer maps see little but colour.
    private const int FirstLevel = 2;

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string _path;
    private readonly string[] _outputs;

    /// <summary>The network's identity, by which a bundle names it if its features took part in the training.</summary>
    public string Id { get; }

    /// <summary>Loads the network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads of the session; 0: one a core.</param>
    /// <exception cref="EdgeSimException">The file is missing, damaged, or another network.</exception>
    public ResNet18Network(string path, int threads = 0)
    {
        _path = path;
        ModelProto model = OnnxFile.Read(path);
        Id = NetworkIdentity.Of(model, path);
        _outputs = Cut(model, path);
        _session = SessionFactory.Create(model.ToByteArray(), $"feature network '{path}'", threads);
    }

    /// <summary>Kinds of features, in the order of what <see cref="Read"/> returns.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        [.. Enumerable.Range(FirstLevel, ResNet18File.Taps.Count - FirstLevel).Select(level => $"resnet18/{2 << level}")];

    /// <summary>The features of images.</summary>
    /// <param name="frames">Images of one size, sides of at least 32.</param>
    /// <returns>For each image its features of each of <see cref="Kinds"/>: 128, 256 and 512 numbers.</returns>
    /// <exception cref="EdgeSimException">The network fails on that size.</exception>
    public IReadOnlyList<float[][]> Read(IReadOnlyList<Frame> frames)
    {
        (int width, int height) = (frames[0].Width, frames[0].Height);
        int pixels = width * height;
        float[] planes = new float[frames.Count * 3 * pixels];
        for (int i = 0; i < frames.Count; i++)
        {
            ReadOnlySpan<byte> bgra = frames[i].Bgra;
            for (int c = 0; c < 3; c++)
            {
                Span<float> plane = planes.AsSpan(((3 * i) + c) * pixels, pixels);
                for (int at = 0; at < plane.Length; at++)
                    plane[at] = bgra[(4 * at) + c] - ResNet18File.Mean[c];
            }
        }
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(planes, [frames.Count, 3, height, width]);
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            ModelFile.Run(_session, _runOptions, _path, ResNet18File.Input, input, _outputs);
        return [.. frames.Select((_, i) => outputs.Select((output, level) =>
        {
            int channels = ResNet18File.Channels[FirstLevel + level];
            return output.GetTensorDataAsSpan<float>().Slice(i * channels, channels).ToArray();
        }).ToArray())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }

    /// <summary>Leaves the graph up to the coarsest map, frees the image's size and puts out means of maps.</summary>
    private static string[] Cut(ModelProto model, string path)
    {
        string[] taps = [.. ResNet18File.Taps.Skip(FirstLevel)];
        HashSet<string> needed = [.. taps];
        foreach (NodeProto node in model.Graph.Node.Reverse().ToArray())
        {
            if (node.Output.Any(needed.Contains))
                needed.UnionWith(node.Input);
            else
                model.Graph.Node.Remove(node);
        }
        foreach (string tap in taps)
        {
            if (!model.Graph.Node.Any(node => node.Output.Contains(tap)))
                throw ResNet18File.Another(path, tap);
        }
        if (model.Graph.Input.FirstOrDefault(input => input.Name == ResNet18File.Input)?.Type?.TensorType is not { } image)
            throw ResNet18File.Another(path, ResNet18File.Input);
        image.Shape = Shape("N", 3, "H", "W");
        model.Graph.Output.Clear();
        model.Graph.ValueInfo.Clear();
        for (int level = 0; level < taps.Length; level++)
        {
            NodeProto mean = new() { OpType = "GlobalAveragePool", Name = $"mean{level}" };
            mean.Input.Add(taps[level]);
            mean.Output.Add(mean.Name);
            model.Graph.Node.Add(mean);
            model.Graph.Output.Add(new ValueInfoProto
            {
                Name = mean.Name,
                Type = new TypeProto
                {
                    TensorType = new TypeProto.Types.Tensor
                    {
                        ElemType = (int)TensorProto.Types.DataType.Float,
                        Shape = Shape("N", ResNet18File.Channels[FirstLevel + level], 1, 1),
                    },
                },
            });
        }
        return [.. model.Graph.Output.Select(output => output.Name)];
    }

    private static TensorShapeProto Shape(params ReadOnlySpan<Dim> sizes)
    {
        TensorShapeProto shape = new();
        foreach (Dim size in sizes)
        {
            shape.Dim.Add(size.Name is null ? new TensorShapeProto.Types.Dimension { DimValue = size.Size }
                : new TensorShapeProto.Types.Dimension { DimParam = size.Name });
        }
        return shape;
    }
}
