using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Training;

/// <summary>Runs edgesim-train as a child: its messages go to a log file, an interruption of this process is handed on.</summary>
/// <remarks>
/// The child gets a session of its own (setsid of util-linux). A terminal's Ctrl-C goes to every process of its group; without that the
/// child would get it twice, from the terminal and from here, and a second one ends a training at once instead of after its step.
/// </remarks>
public static class TrainerProcess
{
    private const string SessionStarter = "setsid";
    private const string ErrorPrefix = "error: ";
    private const int Terminate = 15; // SIGTERM: finish the step, save, exit

    /// <summary>Runs the child to its end.</summary>
    /// <param name="arguments">What edgesim-train is given.</param>
    /// <param name="log">The file that its messages are appended to; null: they are dropped.</param>
    /// <param name="tell">Gets each of its messages as it comes.</param>
    /// <param name="cancellation">Asks the child to save and to end; this call returns when it has.</param>
    /// <exception cref="OperationCanceledException">The child was interrupted, by <paramref name="cancellation"/> or otherwise.</exception>
    /// <exception cref="EdgeSimException">The child can't be started, or the log can't be written.</exception>
    public static TrainerResult Run(IReadOnlyList<string> arguments, string? log, Action<string>? tell, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using FileStream? file = log is null ? null : Open(log);
        using Process process = Start([TrainerProgram.Locate(), .. arguments]);
        process.StandardInput.Close();
        Write(file, $"> {TrainerProgram.Name} {string.Join(' ', arguments)}");
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        string last = "";
        using (cancellation.Register(() => Stop(process)))
        {
            while (process.StandardError.ReadLine() is { } line)
            {
                Write(file, line);
                tell?.Invoke(line);
                if (line.StartsWith(ErrorPrefix, StringComparison.Ordinal))
                    last = line[ErrorPrefix.Length..];
            }
            process.WaitForExit();
        }
        ExitCode code = (ExitCode)process.ExitCode;
        if (code == ExitCode.Interrupted || (code != ExitCode.Ok && cancellation.IsCancellationRequested))
            throw new OperationCanceledException($"{TrainerProgram.Name} was interrupted.", cancellation);
        return new TrainerResult(code, output.GetAwaiter().GetResult(), last);
    }

    private static Process Start(IEnumerable<string> command)
    {
        ProcessStartInfo start = new(SessionStarter, command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new EdgeSimException($"Can't start {TrainerProgram.Name} by '{SessionStarter}': {error.Message.TrimEnd('.')}.",
                "Install util-linux.", ExitCode.Missing, error);
        }
    }

    private static FileStream Open(string log)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(log))!);
            return new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't write '{log}': {error.Message.TrimEnd('.')}.",
                "Check the free space and the permissions of that folder.", ExitCode.Output, error);
        }
    }

    private static void Write(FileStream? log, string line)
    {
        try
        {
            log?.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (IOException)
        {
            // The disk is full: the training tells so itself where it matters, and must not be left without a reader.
        }
    }

    private static void Stop(Process process)
    {
        if (!process.HasExited)
            _ = SendSignal(process.Id, Terminate);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
