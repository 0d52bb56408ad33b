using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Onnx;

namespace EdgeSimToReal.Training;

/// <summary>From the TorchSharp networks to what the ONNX exporter takes.</summary>
public static class AutoencoderExport
{
    /// <summary>Copies the networks' parameters for <see cref="SaeExporter"/>.</summary>
    /// <param name="networks">Encoder and generator, on any device, of any floating type.</param>
    /// <returns>fp32 values under the reference's keys; later training doesn't change them.</returns>
    /// <exception cref="Core.EdgeSimException">A value is not finite: the training has diverged.</exception>
    public static SaeWeights ExportWeights(this SwappingAutoencoder networks) =>
        new(networks.Configuration, ModuleWeights.Export(networks));
}
