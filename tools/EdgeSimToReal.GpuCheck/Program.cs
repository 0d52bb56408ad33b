using EdgeSimToReal.Core;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.GpuCheck;

/// <summary>The command line: see <see cref="GpuCheckOptions"/>.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        try
        {
            GpuCheckOptions options = GpuCheckOptions.Parse(args);
            if (options.Verbose)
                OrtEnv.Instance().EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_VERBOSE;
            GpuTarget target = GpuTarget.Machine();
            if (options.Probe)
            {
                target.Open().Dispose();
                return 0;
            }
            GpuReport report = new Check(target, options, Console.Out, soFar =>
            {
                if (options.Json is { } path)
                    AtomicFile.WriteText(path, soFar.ToJson());
            }).Run();
            Console.WriteLine(report.Failures.Count == 0 ? "all checks passed" : $"{report.Failures.Count} checks failed: {string.Join("; ", report.Failures)}");
            return report.Failures.Count == 0 ? 0 : 1;
        }
        catch (EdgeSimException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return (int)error.ExitCode;
        }
    }
}
