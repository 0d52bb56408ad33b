using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeSimToReal.Cli.Tests.Support;

/// <summary>The real edgesim program in a process of its own. Disposing kills it.</summary>
internal sealed class Edgesim : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;

    private Edgesim(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Caches go to a folder of this test run: what users have stays as it is.</summary>
    public static TemporaryFolder CacheHome { get; } = MakeCacheHome();

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "edgesim");

    public Stream Output => _process.StandardOutput.BaseStream;

    public StreamReader Lines => _process.StandardOutput;

    public static Edgesim Start(params string[] arguments) => Start(arguments, CacheHome.Path, null);

    /// <summary>Runs to the end.</summary>
    public static ProcessResult Run(params string[] arguments) => Run(arguments, CacheHome.Path);

    public static ProcessResult Run(string[] arguments, string cacheHome, byte[]? input = null, string? shell = null)
    {
        using Edgesim program = Start(arguments, cacheHome, shell);
        Task feed = Task.Run(() => program.Feed(input ?? []));
        using MemoryStream output = new();
        program.Output.CopyTo(output);
        feed.GetAwaiter().GetResult();
        return program.End(output.ToArray());
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
        Assert.True(_process.WaitForExit(Patience), "edgesim did not end.");
        return new ProcessResult(_process.ExitCode, output, _error.GetAwaiter().GetResult());
    }

    /// <summary>Reads so many bytes of its standard output.</summary>
    public byte[] Read(int count)
    {
        byte[] bytes = new byte[count];
        Output.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private static Edgesim Start(string[] arguments, string cacheHome, string? shell)
    {
        // A shell line may redirect: "exec "$0" "$@" > /dev/full".
        string[] all = shell is null ? arguments : ["-c", shell, Program, .. arguments];
        ProcessStartInfo start = new(shell is null ? Program : "/bin/sh", all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_CACHE_HOME"] = cacheHome;
        start.Environment["OMP_NUM_THREADS"] = "1";
        return new Edgesim(Process.Start(start)!);
    }

    private static TemporaryFolder MakeCacheHome()
    {
        TemporaryFolder folder = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
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
