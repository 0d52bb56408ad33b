using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>FID's feature network as a user supplies it: an ONNX file, image [N, 3, 299, 299] → features [N, d] or [N, d, 1, 1].</summary>
/// <remarks>
/// Only the Inception network of 2015-12-05 (ported to PyTorch by pytorch-fid, 2048 features) gives figures that may be called FID;
/// the report names the file and its checksum.
/// </remarks>
public sealed class InceptionNetwork : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string _path;

    /// <summary>Loads the network.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="preprocessing">How images become its input.</param>
    /// <param name="threads">Threads of the session; 0: one a core.</param>
    /// <exception cref="EdgeSimException">The file is missing, damaged, or of another form.</exception>
    public InceptionNetwork(string path, FidPreprocessing preprocessing, int threads = 0)
    {
        (_path, Preprocessing) = (path, preprocessing);
        _session = ModelFile.Open(path, "feature network", threads);
        if (_session.InputNames.Count == 1 && _session.OutputNames.Count == 1)
            return;
        _session.Dispose();
        throw Unusable("it must have one input and one output");
    }

    /// <summary>How images become the network's input.</summary>
    public FidPreprocessing Preprocessing { get; }

    /// <summary>The features of images.</summary>
    /// <param name="frames">Images of any size.</param>
    /// <exception cref="EdgeSimException">The network fails, or puts out something else than one row an image.</exception>
    public IReadOnlyList<float[]> Read(IReadOnlyList<Frame> frames)
    {
        const int values = 3 * FidResize.Side * FidResize.Side;
        float[] planes = new float[frames.Count * values];
        for (int i = 0; i < frames.Count; i++)
            FidResize.Write(frames[i], Preprocessing, planes.AsSpan(i * values, values));
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(planes, [frames.Count, 3, FidResize.Side, FidResize.Side]);
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            ModelFile.Run(_session, _runOptions, _path, _session.InputNames[0], input, _session.OutputNames);
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
        if (shape.Length is not (2 or 4) || shape[0] != frames.Count || shape.Skip(2).Any(size => size != 1))
            throw Unusable($"it puts out [{string.Join(", ", shape)}] for {frames.Count} images");
        int dimensions = (int)shape[1];
        float[] features = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        return [.. frames.Select((_, i) => features[(i * dimensions)..((i + 1) * dimensions)])];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
    }

    private EdgeSimException Unusable(string reason) => new($"'{_path}' is no feature network: {reason}.",
        "Export the Inception network so: image [N, 3, 299, 299] in, pooled features [N, 2048] out.");
}
