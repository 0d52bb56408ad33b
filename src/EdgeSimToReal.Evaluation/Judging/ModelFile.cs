using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Live;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Evaluation.Judging;

/// <summary>Opens and runs ONNX files that users give.</summary>
internal static class ModelFile
{
    public static InferenceSession Open(string path, string name, int threads)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the {name} '{path}': {error.Message.TrimEnd('.')}.", "Give an ONNX file.",
                ExitCode.BadInput, error);
        }
        return SessionFactory.Create(content, $"{name} '{path}'", threads);
    }

    public static IDisposableReadOnlyCollection<OrtValue> Run(
        InferenceSession session, RunOptions options, string path, string inputName, OrtValue input, IReadOnlyCollection<string> outputs)
    {
        try
        {
            return session.Run(options, [inputName], [input], outputs);
        }
        catch (OnnxRuntimeException error)
        {
            throw new EdgeSimException($"'{path}' fails on an image of [{string.Join(", ", input.GetTensorTypeAndShape().Shape)}]: "
                + $"{error.Message.TrimEnd('.')}.", "Give images of a size that it takes.", ExitCode.BadInput, error);
        }
    }
}
