using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Runtime.Tests.Support;

/// <summary>What ONNX Runtime complains of, by the name of the session it concerns.</summary>
internal static class OrtLog
{
    private static readonly ConcurrentQueue<(string Session, string Message)> Lines = new();

    // Native code holds the delegate, so it must never be collected.
    private static readonly DOrtLoggingFunction Logger = (_, severity, _, session, _, message) =>
    {
        if (severity >= OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING)
            Lines.Enqueue((session, message));
    };

    /// <summary>Warnings and errors of one session since the start.</summary>
    /// <param name="session">The name that the session was made under.</param>
    public static string[] Of(string session) =>
        [.. Lines.Where(line => line.Session.Contains(session, StringComparison.Ordinal)).Select(line => line.Message)];

    // Before any test: the environment is one a process, and its logger is given when it is made.
#pragma warning disable CA2255 // A test assembly is an application here.
    [ModuleInitializer]
    internal static void Install()
#pragma warning restore CA2255
    {
        EnvironmentCreationOptions options = new()
        {
            logId = "tests",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            loggingFunction = Logger,
        };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }
}
