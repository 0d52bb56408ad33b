using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EdgeSimToReal.Town.Server.Streams;

/// <summary>The streaming port: finds the stream that a connection asks for.</summary>
internal sealed class StreamServer(int stallLimitMilliseconds) : IDisposable
{
    private const int MostSessions = 256;

    private readonly ConcurrentDictionary<uint, SensorStream> _streams = new();
    private TcpDoor? _door;

    /// <summary>How long a reader may take nothing before a waiting sender lets it go.</summary>
    public int StallLimitMilliseconds => stallLimitMilliseconds;

    /// <summary>The port.</summary>
    public int Port => _door!.Port;

    /// <summary>Starts listening.</summary>
    public void Open(IPEndPoint at) => _door = new TcpDoor(at, "town streams", MostSessions, Serve);

    /// <summary>Adds a stream.</summary>
    public SensorStream Create(uint id) => _streams[id] = new SensorStream(id);

    /// <summary>The stream of that id; null for none.</summary>
    public SensorStream? Find(uint id) => _streams.GetValueOrDefault(id);

    /// <summary>Closes a stream and its connections.</summary>
    public void Destroy(uint id)
    {
        if (_streams.TryRemove(id, out SensorStream? stream))
            stream.Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (uint id in _streams.Keys)
            Destroy(id);
        _door?.Dispose();
    }

    private void Serve(Socket socket) => new StreamSession(socket, this).Serve();
}
