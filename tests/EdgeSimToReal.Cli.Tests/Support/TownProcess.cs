using System.Globalization;

namespace EdgeSimToReal.Cli.Tests.Support;

/// <summary>`edgesim town` in a process of its own, on free ports of the loopback unless told otherwise.</summary>
internal sealed class TownProcess : IDisposable
{
    private readonly ProgramProcess _program;

    public TownProcess(params string[] options) : this(0, options)
    {
    }

    public TownProcess(int port, params string[] options)
    {
        _program = Edgesim.Start(["town", "--port", port.ToString(CultureInfo.InvariantCulture), .. options]);
        Address = _program.Lines.ReadLine() ?? throw new InvalidOperationException(_program.End([]).Error);
        Port = new Uri(Address).Port;
    }

    /// <summary>carla://127.0.0.1:PORT, the only line that it prints.</summary>
    public string Address { get; }

    public int Port { get; }

    /// <summary>Ends it without warning, as a crash does.</summary>
    public void Crash()
    {
        _program.Signal(9);
        _program.End();
    }

    /// <summary>Ends it politely.</summary>
    public ProcessResult Stop(int signal)
    {
        _program.Signal(signal);
        return _program.End();
    }

    public void Dispose() => _program.Dispose();
}
