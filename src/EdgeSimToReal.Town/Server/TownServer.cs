using System.Net;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Server.Rpc;
using EdgeSimToReal.Town.Server.Streams;
using EdgeSimToReal.Town.World;

namespace EdgeSimToReal.Town.Server;

/// <summary>The built-in simulator, served over the CARLA protocol: an RPC port and a streaming port.</summary>
/// <remarks>
/// Made for this machine: there is no access control, as with CARLA itself. Beyond CARLA's methods it has edgesim_clock, which tells
/// this machine's boot id; where a client's is the same, the platform timestamp of a world observer message is the moment (seconds of
/// the monotonic clock) at which that frame's pictures were finished, or handed out in replay.
/// </remarks>
public sealed class TownServer : IDisposable
{
    private const int MostRpcConnections = 64;

    private readonly StreamServer _streams;
    private readonly RenderWorkers _workers;
    private readonly TownWorld _world;
    private readonly TownEngine _engine;
    private readonly TcpDoor _door;
    private bool _isDisposed;

    private TownServer(TownServerOptions options)
    {
        options.Check();
        Options = options;
        ServerProfile profile = ServerProfile.ForVersion(options.Version);
        _streams = new StreamServer((int)options.StallLimit.TotalMilliseconds);
        _workers = new RenderWorkers(options.Threads);
        try
        {
            _world = new TownWorld(options, profile, _streams, _workers);
            _engine = new TownEngine(_world, _streams, options.Rate);
            int streamingPort = options.StreamingPort ?? (options.Port == 0 ? 0 : options.Port + 1);
            _streams.Open(new IPEndPoint(options.Address, streamingPort));
            ReplayStudio? studio = options.Replay > 0 ? new ReplayStudio(_world, options.Replay, options.Rate) : null;
            RpcMethods methods = new(_world, _engine, studio, _streams.Port);
            _engine.Start();
            _door = new TcpDoor(
                new IPEndPoint(options.Address, options.Port),
                "town RPC",
                MostRpcConnections,
                socket => new RpcConnection(socket, methods).Serve());
        }
        catch
        {
            _engine?.Dispose();
            _streams.Dispose();
            _workers.Dispose();
            throw;
        }
    }

    /// <summary>The role name of the car that the Town itself drives (see <see cref="TownServerOptions.HasHero"/>).</summary>
    public const string HeroRole = "hero";

    /// <summary>How it serves.</summary>
    public TownServerOptions Options { get; }

    /// <summary>The RPC port.</summary>
    public int Port => _door.Port;

    /// <summary>The streaming port.</summary>
    public int StreamingPort => _streams.Port;

    /// <summary>The streams, for tests that must know when a subscription has arrived.</summary>
    internal StreamServer Streams => _streams;

    /// <summary>The street of the running episode, for tests that keep it for the next.</summary>
    internal Scene.TownScene Scene => _world.Stage.Scene;

    /// <summary>Builds the town and starts to serve it; returns when both ports are open.</summary>
    /// <param name="options">How to serve; null takes the defaults and free ports.</param>
    /// <exception cref="EdgeSimException">An option is out of range, the version is unknown, or a port is taken.</exception>
    public static TownServer Start(TownServerOptions? options = null) => new(options ?? new TownServerOptions());

    /// <summary>Closes both ports and all connections, and waits for the server's threads.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _engine.Dispose();
        _door.Dispose();
        _streams.Dispose();
        _workers.Dispose();
    }
}
