using EdgeSimToReal.Core;
using EdgeSimToReal.Runtime.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Live;

/// <summary>Makes ONNX Runtime sessions with the settings that the project measured.</summary>
public static class SessionFactory
{
    /// <summary>A session on the CPU.</summary>
    /// <param name="model">A serialised ONNX model.</param>
    /// <param name="name">What the model is, for messages and ONNX Runtime's log.</param>
    /// <param name="threads">Threads of the session; 0: one a core.</param>
    /// <exception cref="EdgeSimException">ONNX Runtime refuses the model.</exception>
    public static InferenceSession Create(byte[] model, string name, int threads = 0)
    {
        using SessionOptions options = Options(name, threads);
        CustomOps.TryRegister(options);
        try
        {
            return new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new EdgeSimException($"ONNX Runtime can't load the {name}: {error.Message.TrimEnd('.')}.",
                "Export the bundle again; if the message names an operator of edgesim, run tools/build-kernels.sh.", ExitCode.BadInput, error);
        }
    }

    /// <summary>The settings, without the native operators.</summary>
    /// <param name="name">What the model is, for ONNX Runtime's log.</param>
    /// <param name="threads">Threads of the session; 0: one a core.</param>
    public static SessionOptions Options(string name, int threads)
    {
        SessionOptions options = new()
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads > 0 ? threads : Environment.ProcessorCount,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            LogId = name,
        };
        // Threads that spin while they wait gain 3 % on an idle machine, and cost half as much time again where a simulator shares the cores.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }
}
