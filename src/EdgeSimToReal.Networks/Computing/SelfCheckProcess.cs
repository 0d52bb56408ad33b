using System.Diagnostics;
using System.Text.Json;
using TorchSharp;

namespace EdgeSimToReal.Networks.Computing;

/// <summary>Runs the self-check in a child process, since oneDNN may end the process that computes by it.</summary>
/// <remarks>The child is this program again, with a variable in its environment by which it knows what it is for.</remarks>
internal static class SelfCheckProcess
{
    /// <summary>
    /// An environment variable that makes the check fail, for tests: "fail" as if a result were wrong, "crash" as if oneDNN had ended the
    /// process.
    /// </summary>
    public const string ForceVariable = "EDGESIM_SELF_CHECK";

    private const string ChildVariable = "EDGESIM_SELF_CHECK_CHILD";
    private const string CasePrefix = "case ";
    private const string ResultPrefix = "result ";
    private const int SignalBase = 128; // a process that a signal ended has this exit code and the signal's number
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Whether this process is the child.</summary>
    public static bool IsChild => Environment.GetEnvironmentVariable(ChildVariable) is not null;

    /// <summary>What the environment forces; null outside tests.</summary>
    public static string? Forced => Environment.GetEnvironmentVariable(ForceVariable) is { Length: > 0 } forced ? forced : null;

    /// <summary>Checks, reports on standard output and ends this process, which is the child.</summary>
    public static void Serve()
    {
        torch.set_num_threads(1);
        long start = Stopwatch.GetTimestamp();
        OneDnn.IsEnabled = false;
        double without = ConvolutionCheck.Milliseconds();
        Report($"{ResultPrefix}{JsonSerializer.Serialize(new SelfCheckResult { WithoutMilliseconds = without })}");
        OneDnn.IsEnabled = true;
        if (Forced == "crash")
        {
            Report($"{CasePrefix}a crash that {ForceVariable} asks for");
            Process.GetCurrentProcess().Kill();
        }
        Action<string> begin = name => Report($"{CasePrefix}{name}");
        List<ConvolutionFault> faults = ConvolutionCheck.Single(begin), half = ConvolutionCheck.Half(begin);
        if (Forced == "fail")
            faults.Add(new ConvolutionFault($"a fault that {ForceVariable} asks for", "forward", double.NaN));
        SelfCheckResult result = new()
        {
            Checked = ConvolutionCase.All.Count,
            Faults = faults,
            HalfFaults = half,
            WithMilliseconds = ConvolutionCheck.Milliseconds(),
            WithoutMilliseconds = without,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        Report($"{ResultPrefix}{JsonSerializer.Serialize(result, Json)}");
        Environment.Exit(0);
    }

    /// <summary>Starts the child and waits for it.</summary>
    /// <param name="forced">What the child is to be forced to: see <see cref="ForceVariable"/>; null for nothing.</param>
    /// <returns>What it found, or how it died.</returns>
    public static SelfCheckResult Run(string? forced)
    {
        long began = Stopwatch.GetTimestamp();
        string program = Environment.ProcessPath!;
        // A program that "dotnet" hosts is its first argument.
        string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[ChildVariable] = "1";
        start.Environment[ForceVariable] = forced;
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        using Process child = Process.Start(start)!;
        child.StandardInput.Close();
        Task<string> errors = child.StandardError.ReadToEndAsync();
        using Timer limit = new(_ => child.Kill(), null, Patience, Timeout.InfiniteTimeSpan);
        SelfCheckResult result = new();
        string at = "its start";
        bool isWhole = false;
        while (child.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(CasePrefix, StringComparison.Ordinal))
                at = $"'{line[CasePrefix.Length..]}'";
            if (line.StartsWith(ResultPrefix, StringComparison.Ordinal))
            {
                result = JsonSerializer.Deserialize<SelfCheckResult>(line[ResultPrefix.Length..], Json)!;
                isWhole = result.Checked > 0;
            }
        }
        child.WaitForExit();
        _ = errors.GetAwaiter().GetResult();
        if (isWhole)
            return result;
        string how = child.ExitCode > SignalBase ? $"signal {child.ExitCode - SignalBase}" : $"exit code {child.ExitCode}";
        return result with { Death = $"the process ended at {at} with {how}", Seconds = Stopwatch.GetElapsedTime(began).TotalSeconds };
    }

    // Results that are not finite are what it looks for.
    private static JsonSerializerOptions Json { get; } =
        new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static void Report(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush(); // the process may die of what comes next
    }
}
