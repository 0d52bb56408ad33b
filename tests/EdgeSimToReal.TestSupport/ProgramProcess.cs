using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace EdgeSimToReal.TestSupport;

/// <summary>A real program in a process of its own. Disposing kills it.</summary>
public sealed class ProgramProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly TimeSpan _patience;

    /// <summary>Starts it.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables that it gets beside this process's.</param>
    /// <param name="shell">A line of sh that starts "$0" "$@", e.g. to redirect; null: without a shell.</param>
    /// <param name="patience">How long <see cref="End"/> waits, a minute unless told otherwise.</param>
    public ProgramProcess(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, string? shell = null,
        TimeSpan? patience = null)
    {
        string[] all = shell is null ? arguments : ["-c", shell, program, .. arguments];
        ProcessStartInfo start = new(shell is null ? program : "/bin/sh", all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        start.Environment["OMP_NUM_THREADS"] = "1";
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
        _patience = patience ?? TimeSpan.FromSeconds(60);
    }

    /// <summary>Its standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Its standard output as text.</summary>
    public StreamReader Lines => _process.StandardOutput;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Reads its output to the end while it reads its input.</summary>
    /// <param name="input">What it gets on standard input.</param>
    public ProcessResult Finish(byte[]? input = null)
    {
        Task feed = Task.Run(() => Feed(input ?? []));
        using MemoryStream output = new();
        Output.CopyTo(output);
        feed.GetAwaiter().GetResult();
        return End(output.ToArray());
    }

    /// <summary>Sends a signal: 2 for Ctrl-C, 15 for a polite kill, 9 for an unfriendly one.</summary>
    public void Signal(int number) => Assert.Equal(0, SendSignal(_process.Id, number));

    /// <summary>Waits for the end.</summary>
    /// <param name="output">What was read of its standard output; null to read it now.</param>
    public ProcessResult End(byte[]? output = null)
    {
        if (output is null)
        {
            using MemoryStream rest = new();
            Output.CopyTo(rest);
            output = rest.ToArray();
        }
        Assert.True(_process.WaitForExit(_patience), "The program did not end.");
        return new ProcessResult(_process.ExitCode, output, _error.GetAwaiter().GetResult());
    }

    /// <summary>Reads so many bytes of its standard output.</summary>
    /// <param name="count">How many.</param>
    public byte[] Read(int count)
    {
        byte[] bytes = new byte[count];
        Output.ReadExactly(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private void Feed(byte[] input)
    {
        try
        {
            using Stream stream = _process.StandardInput.BaseStream;
            stream.Write(input);
        }
        catch (IOException)
        {
            // It ended without reading everything.
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
