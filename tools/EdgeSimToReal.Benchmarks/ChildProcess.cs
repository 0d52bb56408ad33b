using System.Diagnostics;

namespace EdgeSimToReal.Benchmarks;

/// <summary>A program of this build, run beside the benchmark and ended with it.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    public ChildProcess(string program, bool showErrors, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = !showErrors,
        };
        _process = Process.Start(start)!;
        if (!showErrors)
        {
            _process.ErrorDataReceived += (_, _) => { };
            _process.BeginErrorReadLine();
        }
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    public TimeSpan ProcessorTime => _process.TotalProcessorTime;

    public string ReadLine() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The child process said nothing.");

    public string ReadToEnd() => _process.StandardOutput.ReadToEnd();

    public void Dispose()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
        _process.Dispose();
    }
}
