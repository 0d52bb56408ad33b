using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using MessagePack;

namespace EdgeSimToReal.Carla.Client;

/// <summary>A CARLA server's RPC, typed. Methods may be called from any thread and may overlap.</summary>
/// <remarks>
/// Every method throws <see cref="EdgeSimException"/> with <see cref="ExitCode.Connection"/> when the server does not answer in time or is
/// gone, and with <see cref="ExitCode.BadInput"/> when it refuses.
/// </remarks>
public sealed partial class CarlaClient : IDisposable
{
    private const string NotReady = "episode not ready";

    private readonly CarlaClientOptions _options;
    private readonly RpcConnection _rpc;

    private CarlaClient(CarlaClientOptions options, RpcConnection rpc, string version)
    {
        _options = options;
        _rpc = rpc;
        ServerVersion = version;
        Profile = ServerProfile.ForVersion(options.AssumeVersion ?? version);
    }

    /// <summary>What the server says it is, e.g. "0.9.15".</summary>
    public string ServerVersion { get; }

    /// <summary>The wire's details for that version.</summary>
    public ServerProfile Profile { get; }

    /// <summary>The host that was asked for; streams whose token names no address are there too.</summary>
    public string Host => _options.Host;

    /// <summary>"host:port", for messages.</summary>
    public string Address => _rpc.Address;

    /// <summary>Whether the connection still stands, as far as is known.</summary>
    public bool IsAlive => _rpc.IsAlive;

    /// <summary>Connects and asks for the version.</summary>
    /// <param name="options">Where the server is.</param>
    /// <exception cref="EdgeSimException">Nobody is there, it is no CARLA, or its version is not supported.</exception>
    public static CarlaClient Connect(CarlaClientOptions options)
    {
        RpcConnection rpc = RpcConnection.Connect(options.Host, options.Port, options.ConnectTimeout, options.Limits);
        try
        {
            string? version = rpc.Call("version", options.CallTimeout, 0, null, ReadVersion, withMetadata: true, out CallError? error);
            if (version is null)
            {
                throw new EdgeSimException($"{rpc.Address} does not tell its version: {error?.Text ?? "error"}.",
                    "Check that the port is a CARLA RPC port (2000 unless set otherwise).", ExitCode.Connection);
            }
            return new CarlaClient(options, rpc, version);
        }
        catch
        {
            rpc.Dispose();
            throw;
        }
    }

    /// <summary>Calls a method by name, for what has no method of its own here.</summary>
    /// <param name="method">The method.</param>
    /// <param name="argumentCount">Number of arguments, the metadata not counted.</param>
    /// <param name="arguments">Writes them; null where there are none.</param>
    /// <param name="value">Reads the value inside the response.</param>
    /// <param name="error">What the server answered instead.</param>
    /// <param name="timeout">How long to wait; null: as the options say.</param>
    /// <returns>The value; the default where there is an error.</returns>
    public T? TryCall<T>(string method, int argumentCount, ArgumentWriter? arguments, ResultReader<T> value, out CallError? error,
        TimeSpan? timeout = null)
    {
        long giveUp = Environment.TickCount64 + (long)_options.CallTimeout.TotalMilliseconds;
        while (true)
        {
            string? refusal = null;
            T? result = _rpc.Call(method, timeout ?? _options.CallTimeout, argumentCount, arguments, (ref MessagePackReader reader) =>
            {
                refusal = CarlaResponse.ReadHeader(ref reader);
                return refusal is null ? value(ref reader) : default;
            }, withMetadata: true, out error);
            if (refusal is null)
                return result;
            if (refusal != NotReady || Environment.TickCount64 > giveUp)
            {
                error = new CallError(refusal, FromRpclib: false);
                return default;
            }
            Thread.Sleep(100); // The server is between two episodes; this state is short.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _rpc.Dispose();

    private static string? ReadVersion(ref MessagePackReader reader) =>
        CarlaResponse.ReadHeader(ref reader) is null ? reader.ReadString() : null;

    private static object? ReadNothing(ref MessagePackReader reader) => null;

    private T Call<T>(string method, ResultReader<T> value, int argumentCount = 0, ArgumentWriter? arguments = null,
        TimeSpan? timeout = null)
    {
        T? result = TryCall(method, argumentCount, arguments, value, out CallError? error, timeout);
        return error is null ? result! : throw Refused(method, error);
    }

    private void CallVoid(string method, int argumentCount, ArgumentWriter? arguments, TimeSpan? timeout = null)
    {
        TryCall(method, argumentCount, arguments, ReadNothing, out CallError? error, timeout);
        if (error is not null)
            throw Refused(method, error);
    }

    private EdgeSimException Refused(string method, CallError error) => error.FromRpclib
        ? new($"{Address} (CARLA {ServerVersion}) can't do '{method}': {error.Text.TrimEnd('.')}.",
            "This server's version differs from what it says, or is not supported.", ExitCode.Connection)
        : new($"{Address} refused '{method}': {error.Text.TrimEnd('.')}.");
}
