using System.Runtime.InteropServices;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Runtime.Kernels;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Kernels;

/// <summary>The native operators' library in tests: skips where it isn't built, chooses instruction sets, runs graphs.</summary>
internal static class KernelLibrary
{
    public static void Require() =>
        Assert.SkipWhen(CustomOps.TryLocate() is null, "The native operators are not built; tools/build-kernels.sh builds them.");

    /// <summary>Makes the operators use an instruction set; skips the test where the processor lacks it.</summary>
    public static void UseLevel(string? level)
    {
        Require();
        nint library = NativeLibrary.Load(CustomOps.TryLocate()!);
        var set = Marshal.GetDelegateForFunctionPointer<SetLevel>(NativeLibrary.GetExport(library, "edgesim_set_level"));
        Assert.SkipUnless(set(level) == 1, $"This processor has no {level}.");
    }

    /// <summary>The same for the operators on bfloat16, which keep the instruction set that they were made with; null: the best one.</summary>
    public static void UseBf16Level(string? level)
    {
        Require();
        Assert.SkipUnless(Bf16Support.TrySetLevel(level), $"This processor has no {level}.");
    }

    /// <summary>Runs a graph with one output, standard operators as they are written.</summary>
    public static float[] Run(GraphBuilder graph, int threads, params IReadOnlyList<(string Name, float[] Values, int[] Shape)> inputs)
    {
        using SessionOptions options = new() { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        Assert.True(CustomOps.TryRegister(options));
        using InferenceSession session = new(graph.Build("test", []).ToByteArray(), options);
        OrtValue[] values = [.. inputs.Select(input =>
            OrtValue.CreateTensorValueFromMemory(input.Values, [.. input.Shape.Select(size => (long)size)]))];
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [.. inputs.Select(input => input.Name)], values, session.OutputNames);
        foreach (OrtValue value in values)
            value.Dispose();
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetLevel([MarshalAs(UnmanagedType.LPUTF8Str)] string? name);
}
