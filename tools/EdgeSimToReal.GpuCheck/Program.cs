using EdgeSimToReal.Core;

namespace EdgeSimToReal.GpuCheck;

/// <summary>The command line: edgesim-gpu-check [--json FILE] [--models FOLDER]... [--quick].</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        try
        {
            GpuCheckOptions options = GpuCheckOptions.Parse(args);
            GpuReport report = Check.Run(GpuTarget.Machine(), options, Console.Out);
            if (options.Json is { } path)
                AtomicFile.WriteText(path, report.ToJson());
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
