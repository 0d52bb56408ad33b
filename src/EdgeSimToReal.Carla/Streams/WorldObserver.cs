using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Rpc;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Streams;

/// <summary>The world observer's stream: one message a tick with the server's clock and every actor's state.</summary>
/// <remarks>
/// CARLA has no call that lists actors: their ids come from here. Reads on its own thread and allocates nothing per message.
/// </remarks>
public sealed class WorldObserver : IDisposable
{
    private readonly CarlaClient _client;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly byte[] _lengthBytes = new byte[SensorHeader.LengthSize];
    private readonly bool _clockIsOurs;
    private readonly int _maxMessage;
    private byte[] _incoming = new byte[4096];
    private byte[] _actors = new byte[4096];
    private int _actorCount;
    private WorldObserverHeader _header;
    private ulong _lastFrame;
    private double _lastTime;
    private Socket? _socket;
    private volatile bool _stop;

    /// <summary>Subscribes and begins to read. When the stream breaks while the server lives, it is opened again.</summary>
    /// <param name="client">The server.</param>
    /// <param name="captures">Where to note when frames were taken, if the server's clock turns out to be this machine's.</param>
    /// <param name="limits">What is refused.</param>
    public WorldObserver(CarlaClient client, CaptureClock? captures = null, WireLimits? limits = null)
    {
        _client = client;
        Captures = captures ?? new CaptureClock();
        _maxMessage = (limits ?? WireLimits.Default).MaxStreamMessageBytes;
        _clockIsOurs = client.GetClockId() is { } clock && clock == ReadBootId();
        _thread = new Thread(Run) { IsBackground = true, Name = "world observer" };
        _thread.Start();
    }

    /// <summary>When frames were taken; stays empty where the server does not tell it on this machine's clock.</summary>
    public CaptureClock Captures { get; }

    /// <summary>Whether the server tells when frames were taken, on this machine's clock.</summary>
    public bool TellsCaptures => _clockIsOurs;

    /// <summary>Called on the observer's thread for each message: simulated seconds of this tick's step. Must not take long.</summary>
    public Action<float>? Ticked { get; set; }

    /// <summary>The last frame's number; 0 before the first message.</summary>
    public ulong LastFrame => Volatile.Read(ref _lastFrame);

    /// <summary>Simulated seconds of the last frame.</summary>
    public double SimulatedTime => Volatile.Read(ref _lastTime);

    /// <summary>The last message's header.</summary>
    public WorldObserverHeader Header
    {
        get
        {
            lock (_gate)
                return _header;
        }
    }

    /// <summary>The ids of all actors in the last frame.</summary>
    public uint[] GetActorIds()
    {
        lock (_gate)
        {
            int size = ActorState.SizeOf(_client.Profile.HasActorState);
            uint[] ids = new uint[_actorCount];
            for (int i = 0; i < ids.Length; i++)
                ids[i] = BinaryPrimitives.ReadUInt32LittleEndian(_actors.AsSpan(i * size));
            return ids;
        }
    }

    /// <summary>An actor's state in the last frame. Allocates nothing.</summary>
    /// <param name="id">The actor.</param>
    /// <param name="state">Its state.</param>
    /// <returns>Whether it was there.</returns>
    public bool TryGetActor(uint id, out ActorState state)
    {
        lock (_gate)
        {
            bool hasState = _client.Profile.HasActorState;
            int size = ActorState.SizeOf(hasState);
            for (int i = 0; i < _actorCount; i++)
            {
                ReadOnlySpan<byte> actor = _actors.AsSpan(i * size, size);
                if (BinaryPrimitives.ReadUInt32LittleEndian(actor) == id)
                {
                    state = ActorState.Read(actor, hasState);
                    return true;
                }
            }
        }
        state = default;
        return false;
    }

    /// <summary>Waits until a frame has come.</summary>
    /// <param name="frame">Its number.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <returns>Whether it has.</returns>
    public bool WaitForFrame(ulong frame, TimeSpan timeout)
    {
        long giveUp = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (LastFrame < frame)
        {
            if (Environment.TickCount64 > giveUp || _stop)
                return false;
            Thread.Sleep(2);
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Run()
    {
        while (!_stop)
        {
            try
            {
                StreamToken token = _client.GetSensorToken(_client.GetEpisodeInfo().WorldObserver);
                using Socket socket = SocketConnector.Connect(token.Address?.ToString() ?? _client.Host, token.Port,
                    TimeSpan.FromSeconds(2), "CARLA stream");
                _socket = socket;
                socket.ReceiveTimeout = 100;
                BinaryPrimitives.WriteUInt32LittleEndian(_lengthBytes, token.StreamId);
                socket.Send(_lengthBytes, SocketFlags.None, out _);
                while (!_stop && ReadMessage())
                {
                }
            }
            catch (Exception error) when (error is EdgeSimException or SocketException or ObjectDisposedException
                || WireFormat.IsMalformed(error))
            {
                // The server is gone or busy; whoever uses the images decides what to do about it.
            }
            for (int i = 0; i < 10 && !_stop; i++)
                Thread.Sleep(25);
            if (!_client.IsAlive)
                return;
        }
    }

    private bool ReadMessage()
    {
        if (!Receive(_lengthBytes))
            return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_lengthBytes);
        bool hasOrigin = _client.Profile.HasMapOrigin;
        int head = SensorHeader.Size + WorldObserverHeader.SizeOf(hasOrigin);
        if (length < head || length > (uint)_maxMessage)
            return false;
        if (!ReceiveBody((int)length))
            return false;
        ReadOnlySpan<byte> message = _incoming.AsSpan(0, (int)length);
        SensorHeader sensor = SensorHeader.Read(message);
        WorldObserverHeader header = WorldObserverHeader.Read(message[SensorHeader.Size..], hasOrigin);
        if (_clockIsOurs)
            Captures.Add(sensor.Frame, (long)(header.PlatformTimestamp * Stopwatch.Frequency));
        ReadOnlySpan<byte> actors = message[head..];
        lock (_gate)
        {
            if (_actors.Length < actors.Length)
                _actors = new byte[actors.Length * 2];
            actors.CopyTo(_actors);
            _actorCount = actors.Length / ActorState.SizeOf(_client.Profile.HasActorState);
            _header = header;
        }
        Volatile.Write(ref _lastTime, sensor.Timestamp);
        Volatile.Write(ref _lastFrame, sensor.Frame);
        Ticked?.Invoke(header.DeltaSeconds);
        return true;
    }

    /// <summary>Grows the buffer only as bytes arrive, so that a hostile length costs nothing.</summary>
    private bool ReceiveBody(int length)
    {
        int done = 0;
        while (done < length)
        {
            if (_incoming.Length == done)
                Array.Resize(ref _incoming, done * 2);
            int part = Math.Min(length, _incoming.Length) - done;
            if (!Receive(_incoming.AsSpan(done, part)))
                return false;
            done += part;
        }
        return true;
    }

    private bool Receive(Span<byte> target)
    {
        while (target.Length > 0)
        {
            int count = _socket!.Receive(target, SocketFlags.None, out SocketError status);
            if (_stop)
                return false;
            if (status is SocketError.TimedOut or SocketError.WouldBlock or SocketError.Interrupted)
                continue;
            if (status != SocketError.Success || count == 0)
                return false;
            target = target[count..];
        }
        return true;
    }

    private static string? ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
