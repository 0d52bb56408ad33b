using EdgeSimToReal.Networks.Segmentation;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Onnx.Segmentation;

namespace EdgeSimToReal.Training.Segmentation;

/// <summary>From the TorchSharp network to what the ONNX exporter takes.</summary>
public static class SegmenterExport
{
    /// <summary>Copies the network's parameters and running statistics for <see cref="SegmenterExporter"/>.</summary>
    /// <param name="segmenter">The network, on any device, of any floating type, in any mode.</param>
    /// <returns>fp32 values under the reference's keys; later training doesn't change them.</returns>
    /// <exception cref="Core.EdgeSimException">A value is not finite: the training has diverged.</exception>
    public static SegmenterWeights ExportWeights(this Segmenter segmenter) =>
        new(segmenter.Configuration, ModuleWeights.Export(segmenter));
}
