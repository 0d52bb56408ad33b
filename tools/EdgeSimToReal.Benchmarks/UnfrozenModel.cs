using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Benchmarks;

/// <summary>The bundle's exported graphs as they are: structure encoder, then generator with the texture code as an input.</summary>
internal sealed class UnfrozenModel : IDisposable
{
    private readonly InferenceSession _encoder;
    private readonly InferenceSession _generator;
    private readonly RunOptions _options = new();
    private readonly IReadOnlyList<string> _structures;
    private readonly List<string> _names;
    private readonly List<OrtValue> _constants = [];
    private readonly int _height;
    private readonly int _width;

    public UnfrozenModel(ModelBundle bundle, int height, int width, int threads, float[] code)
    {
        (_height, _width) = (height, width);
        _structures = SaeExporter.StructureNames(bundle.Configuration);
        _names = [.. _structures, SaeExporter.Texture];
        _encoder = SessionFactory.Create(bundle.Content(BundleRoles.StructureEncoder), "structure encoder", threads);
        _generator = SessionFactory.Create(bundle.Content(BundleRoles.Generator), "generator", threads);
        _constants.Add(OrtValue.CreateTensorValueFromMemory(code, [1, code.Length]));
        foreach ((string layer, WeightTensor map) in FixedNoise.Maps(bundle.Configuration, height, width, bundle.Manifest.NoiseSeed))
        {
            _names.Add($"noise.{layer}");
            _constants.Add(OrtValue.CreateTensorValueFromMemory(map.Values, [.. map.Shape.Select(size => (long)size)]));
        }
    }

    public float[] Run(float[] image)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(image, [1, 3, _height, _width]);
        using IDisposableReadOnlyCollection<OrtValue> structure = _encoder.Run(_options, [SaeExporter.Image], [input], _structures);
        using IDisposableReadOnlyCollection<OrtValue> output =
            _generator.Run(_options, _names, [.. structure, .. _constants], [SaeExporter.Image]);
        return output[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        _constants.ForEach(value => value.Dispose());
        _options.Dispose();
        _encoder.Dispose();
        _generator.Dispose();
    }
}
