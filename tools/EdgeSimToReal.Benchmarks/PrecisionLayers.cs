using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Benchmarks;

/// <summary>The live graph's layers one by one: bf16 operators against ONNX Runtime's own in fp32.</summary>
internal static class PrecisionLayers
{
    /// <summary>A layer of a live graph.</summary>
    /// <param name="Kind">What it computes.</param>
    /// <param name="Input">Input channels.</param>
    /// <param name="Output">Output channels.</param>
    /// <param name="Height">Height of its input.</param>
    /// <param name="Width">Width of its input.</param>
    public sealed record Layer(Kind Kind, int Input, int Output, int Height, int Width)
    {
        /// <summary>Multiply-accumulates of the convolution; filters, which the operators do besides, not counted.</summary>
        public double Macs => (double)Input * Output * Height * Width * Kind switch
        {
            Kind.Down => 9.0 / 4,
            Kind.One => 1,
            _ => 9.0,
        };

        /// <inheritdoc/>
        public override string ToString() => $"{Width}x{Height}, {Input} to {Output}, " + Kind switch
        {
            Kind.Up => "up-sampling step",
            Kind.Down => "blur, 3x3 of stride 2",
            Kind.One => "1x1",
            _ => "3x3",
        };
    }

    /// <summary>Kinds of layers.</summary>
    public enum Kind
    {
        /// <summary>3x3 with bias and leaky ReLU.</summary>
        Three,

        /// <summary>1x1 with bias and leaky ReLU.</summary>
        One,

        /// <summary>Blur and 3x3 of stride 2 with bias and leaky ReLU.</summary>
        Down,

        /// <summary>Transposed 3x3 of stride 2, FIR filter, bias and leaky ReLU.</summary>
        Up,
    }

    /// <summary>The distinct layers of a configuration that cost at least a hundredth of a frame, in the order of their execution.</summary>
    public static IReadOnlyList<Layer> Of(SaeConfiguration configuration, int width, int height)
    {
        List<Layer> layers = [];
        (int h, int w) = (height, width);
        foreach (SaeBlock block in configuration.EncoderBlocks)
        {
            layers.Add(new Layer(Kind.Three, block.Input, block.Input, h, w));
            layers.Add(new Layer(Kind.Down, block.Input, block.Output, h, w));
            (h, w) = (h / 2, w / 2);
        }
        foreach (SaeBlock block in configuration.HeadBlocks)
        {
            layers.Add(new Layer(Kind.Three, block.Input, block.Output, h, w));
            layers.Add(new Layer(Kind.Three, block.Output, block.Output, h, w));
        }
        foreach (SaeBlock block in configuration.UpsamplingBlocks)
        {
            layers.Add(new Layer(Kind.Up, block.Input, block.Output, h, w));
            if (block.ChangesWidth)
                layers.Add(new Layer(Kind.One, block.Input, block.Output, h, w));
            (h, w) = (h * 2, w * 2);
            layers.Add(new Layer(Kind.Three, block.Output, block.Output, h, w));
        }
        double least = configuration.LiveMultiplyAccumulates(height, width) / 100.0;
        return [.. layers.Where(layer => layer.Macs >= least).Distinct()];
    }

    /// <summary>Median milliseconds of the layer by the bf16 operators.</summary>
    public static double Bf16(Layer layer, int threads, double seconds)
    {
        GraphBuilder graph = new("bf16", "");
        string x = graph.Input("x", "", 1, layer.Height, layer.Width, layer.Input);
        string bias = graph.Initializer("bias", new float[layer.Output], layer.Output);
        Bf16Convolution form = new(Weight(graph, layer), bias) { Slope = GraphOperators.LeakySlope };
        string y = layer.Kind switch
        {
            Kind.Up => graph.Bf16Upsampling("node", x, form.Weight, bias, null),
            Kind.Down => graph.Bf16Convolution("node", x, form with { Pads = [2, 2, 1, 1], Reflect = true, Blur = true, Stride = 2 }),
            Kind.One => graph.Bf16Convolution("node", x, form),
            _ => graph.Bf16Convolution("node", x, form with { Pads = [1, 1, 1, 1] }),
        };
        graph.Output("y", "", y, 1, "H", "W", "C");
        ModelProto model = graph.Build("layer", []);
        model.Graph.Input[0].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Bfloat16;
        model.Graph.Output[0].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Bfloat16;
        return Median(model, Values(layer).Select(value => (BFloat16)value).ToArray(), [1, layer.Height, layer.Width, layer.Input], threads, seconds);
    }

    /// <summary>The same by ONNX Runtime's own operators in fp32, its reordering of channels included.</summary>
    public static double Fp32(Layer layer, int threads, double seconds)
    {
        GraphBuilder graph = new("fp32", "");
        string x = graph.Input("x", "", 1, layer.Input, layer.Height, layer.Width), weight = Weight(graph, layer);
        string bias = graph.Initializer("bias", new float[layer.Output], layer.Output);
        string y = layer.Kind switch
        {
            Kind.Up => graph.Conv("fir", graph.ConvTranspose2("transposed", x, weight), graph.Initializer("taps",
                [.. Enumerable.Range(0, layer.Output).SelectMany(_ => GraphOperators.FirKernel([1, 3, 3, 1], 4))], layer.Output, 1, 4, 4),
                bias, 1, [1, 1, 1, 1], layer.Output),
            Kind.Down => graph.Conv("node", graph.Fir("blur", graph.ReflectPad("pad", x, 2, 1), layer.Input, [1, 2, 1], 1, 0), weight, bias, stride: 2),
            Kind.One => graph.Conv("node", x, weight, bias),
            _ => graph.Conv("node", x, weight, bias, padding: 1),
        };
        graph.Output("y", "", graph.LeakyRelu("activated", y), 1, "C", "H", "W");
        return Median(graph.Build("layer", []), Values(layer), [1, layer.Input, layer.Height, layer.Width], threads, seconds);
    }

    private static string Weight(GraphBuilder graph, Layer layer)
    {
        int size = layer.Kind == Kind.One ? 1 : 3;
        Random random = new(2);
        float[] values = [.. Enumerable.Range(0, layer.Input * layer.Output * size * size).Select(_ => random.NextSingle() - 0.5f)];
        return layer.Kind == Kind.Up ? graph.Initializer("weight", values, layer.Input, layer.Output, size, size)
            : graph.Initializer("weight", values, layer.Output, layer.Input, size, size);
    }

    private static float[] Values(Layer layer)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, layer.Input * layer.Height * layer.Width).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static double Median<T>(ModelProto model, T[] values, long[] shape, int threads, double seconds)
        where T : unmanaged
    {
        using InferenceSession session = SessionFactory.Create(model.ToByteArray(), "layer", threads);
        using RunOptions run = new();
        using OrtIoBinding binding = session.CreateIoBinding();
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(values, shape);
        binding.BindInput("x", x);
        binding.BindOutputToDevice("y", OrtMemoryInfo.DefaultInstance);
        return Timing.Measure(() => session.RunWithBinding(run, binding), warmUp: 2, least: 5, seconds: seconds).P50;
    }
}
