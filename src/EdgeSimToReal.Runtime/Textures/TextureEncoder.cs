using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Textures;

/// <summary>Computes texture codes from photographs with a bundle's texture encoder.</summary>
public sealed class TextureEncoder : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly int _width;
    private readonly int _height;

    /// <summary>Loads the bundle's texture encoder.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="threads">Threads of the session; 0: one a core.</param>
    /// <exception cref="EdgeSimException">The model's default size does not suit it, or ONNX Runtime refuses the graph.</exception>
    public TextureEncoder(ModelBundle bundle, int threads = 0)
    {
        (_width, _height) = (bundle.Manifest.DefaultWidth, bundle.Manifest.DefaultHeight);
        bundle.Configuration.CheckImageSize(_height, _width, texture: true);
        _session = SessionFactory.Create(bundle.Content(BundleRoles.TextureEncoder), "texture encoder", threads);
    }

    /// <summary>The texture code of a photograph of any size; it is scaled to cover the model's default size and cropped evenly.</summary>
    /// <param name="photo">The photograph.</param>
    /// <param name="name">Its name, for captions and reports.</param>
    /// <exception cref="EdgeSimException">The photo is too large to scale, or the network gives no finite code.</exception>
    public TextureCode Encode(Frame photo, string name)
    {
        PixelConverter converter = new(FrameGeometry.Create(photo.Width, photo.Height, _width, _height, FitPolicy.Crop));
        float[] planes = new float[3 * _width * _height];
        converter.Prepare(photo.Bgra, planes);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(planes, [1, 3, _height, _width]);
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            _session.Run(_runOptions, [SaeExporter.Image], [input], [SaeExporter.Texture]);
        return new TextureCode(outputs[0].GetTensorDataAsSpan<float>(), name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }
}
