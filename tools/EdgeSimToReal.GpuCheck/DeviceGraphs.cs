using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using Google.Protobuf;

namespace EdgeSimToReal.GpuCheck;

/// <summary>Live graphs in the forms that run on a device.</summary>
internal static class DeviceGraphs
{
    /// <summary>A bundle's live graph for its first texture.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="width">The picture's width.</param>
    /// <param name="height">The picture's height.</param>
    /// <param name="target">What it is to run on.</param>
    /// <param name="standard">Of standard operators alone.</param>
    /// <param name="half">fp16, but for the layers that the bundle keeps in fp32 (or, not measured, those that fp16 can't hold).</param>
    public static BakedGraph Bake(ModelBundle bundle, int width, int height, GpuTarget target, bool half, bool standard = false)
    {
        BakeOptions options = target.Form(new BakeOptions(width, height));
        if (standard)
            options = options with { Upsampling = UpsamplingForm.TransposedConvolution };
        BakedGraph graph = new StyleBaker(null).Bake(bundle, RandomModels.Texture(bundle), options);
        if (!half)
            return graph;
        ModelProto model = ModelProto.Parser.ParseFrom(graph.Model);
        IReadOnlyList<string> single = bundle.Manifest.Half?.Single ?? HalfGraph.Unrepresentable(model);
        return graph with { Model = HalfGraph.Convert(model, single.ToHashSet()).ToByteArray(), Precision = LivePrecision.Fp16 };
    }
}
