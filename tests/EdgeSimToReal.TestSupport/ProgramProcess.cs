using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace EdgeSimToReal.TestSupport;

/// <summary>A real program in a process of its own. Disposing kills it.</summary>
public sealed class ProgramProcess : IDisposable
{
    /// <summary>A line of sh, for the constructor: the program begins with Ctrl-C's signal ignored, as a shell's background jobs do.</summary>
    public const string CtrlCIgnored = "trap '' INT; exec \"$0\" \"$@\"";

    private const int MostOutput = 256 << 20; // bytes; a program that was to end and goes on writes without end
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(8);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly TimeSpan _patience;

    /// <summary>Starts it.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables that it gets beside this process's.</param>
    /// <param name="shell">A line of sh that starts "$0" "$@", e.g. to redirect; null: without a shell.</param>
    /// <param name="patience">How long <see cref="End"/> and <see cref="Await"/> wait, a minute by default.</param>
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
        byte[] output = ReadAll(LongestRun);
        feed.GetAwaiter().GetResult();
        return End(output);
    }

    /// <summary>Waits for something that the program does, or for its end.</summary>
    /// <param name="condition">Whether it has done it.</param>
    public void Await(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition() && !HasEnded)
        {
            if (Stopwatch.GetElapsedTime(start) > _patience)
            {
                _process.Kill();
                Assert.Fail($"The program did not do in {_patience} what was waited for: {_error.GetAwaiter().GetResult()}");
            }
            Thread.Sleep(2);
        }
    }

    /// <summary>Sends a signal: 2 for Ctrl-C, 15 for a polite kill, 9 for an unfriendly one.</summary>
    public void Signal(int number) => Assert.Equal(0, SendSignal(_process.Id, number));

    /// <summary>Waits for the end.</summary>
    /// <param name="output">What was read of its standard output; null to read it now.</param>
    public ProcessResult End(byte[]? output = null)
    {
        output ??= ReadAll(_patience);
        if (!_process.WaitForExit(_patience))
        {
            _process.Kill();
            Assert.Fail($"The program did not end in {_patience}: {_error.GetAwaiter().GetResult()}");
        }
        return new ProcessResult(_process.ExitCode, output, _error.GetAwaiter().GetResult());
    }

    /// <summary>Reads so many bytes of its standard output.</summary>
    /// <param name="count">How many.</param>
    public byte[] Read(int count)
    {
        byte[] bytes = new byte[count];
        using Timer limit = new(_ => _process.Kill(), null, _patience, Timeout.InfiniteTimeSpan); // the stream then ends
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

    /// <summary>Its output up to its end; kills it and fails where that takes too long or is too much.</summary>
    private byte[] ReadAll(TimeSpan patience)
    {
        bool isLate = false;
        using Timer limit = new(_ =>
        {
            isLate = true;
            _process.Kill();
        }, null, patience, Timeout.InfiniteTimeSpan);
        using MemoryStream output = new();
        byte[] part = new byte[1 << 16];
        for (int count; (count = Output.Read(part)) > 0;)
        {
            output.Write(part, 0, count);
            if (output.Length > MostOutput)
            {
                _process.Kill();
                Assert.Fail($"The program wrote more than {MostOutput} bytes: {_error.GetAwaiter().GetResult()}");
            }
        }
        Assert.False(isLate, $"The program did not end in {patience}: {_error.GetAwaiter().GetResult()}");
        return output.ToArray();
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
