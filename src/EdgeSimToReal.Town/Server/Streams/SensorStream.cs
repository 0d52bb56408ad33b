using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Town.Server.Streams;

/// <summary>What one sensor sends, to every session that subscribed to it.</summary>
internal sealed class SensorStream(uint id)
{
    /// <summary>Length, sensor header, image header.</summary>
    public const int LargestHead = SensorHeader.LengthSize + SensorHeader.Size + ImageHeader.Size;

    private readonly Lock _gate = new();
    private readonly List<StreamSession> _sessions = [];
    private readonly Stack<StreamMessage> _free = new();
    private StreamSession[] _snapshot = [];
    private bool _isClosed;

    /// <summary>What a session asks for.</summary>
    public uint Id => id;

    /// <summary>Whether anybody gets what is sent.</summary>
    public bool HasSessions => Volatile.Read(ref _snapshot).Length > 0;

    /// <summary>Number of subscribers.</summary>
    public int SessionCount => Volatile.Read(ref _snapshot).Length;

    /// <summary>A message to fill; the caller holds it and must release it.</summary>
    public StreamMessage Rent()
    {
        StreamMessage? message;
        lock (_gate)
            _free.TryPop(out message);
        message ??= new StreamMessage(this);
        message.HeadLength = 0;
        message.Hold();
        return message;
    }

    /// <summary>Sends a message to every session.</summary>
    /// <param name="message">The message; not to be written to from now on.</param>
    /// <param name="waits">
    /// Asked while a session is still busy with its last message: true waits for it, false drops this message for that session,
    /// whole.
    /// </param>
    public void Send(StreamMessage message, Func<bool> waits)
    {
        foreach (StreamSession session in Volatile.Read(ref _snapshot))
            session.Send(message, waits);
    }

    /// <summary>Adds a session.</summary>
    /// <returns>False when the stream has closed meanwhile.</returns>
    public bool Add(StreamSession session)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            _sessions.Add(session);
            Volatile.Write(ref _snapshot, [.. _sessions]);
            return true;
        }
    }

    /// <summary>Removes a session that ended.</summary>
    public void Remove(StreamSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session);
            Volatile.Write(ref _snapshot, [.. _sessions]);
        }
    }

    /// <summary>Takes a message back that nobody holds any more.</summary>
    public void Recycle(StreamMessage message)
    {
        lock (_gate)
        {
            if (!_isClosed)
                _free.Push(message);
        }
    }

    /// <summary>Closes all sessions: the sensor was destroyed.</summary>
    public void Close()
    {
        StreamSession[] sessions;
        lock (_gate)
        {
            _isClosed = true;
            sessions = [.. _sessions];
            _free.Clear();
        }
        foreach (StreamSession session in sessions)
            session.Close();
    }
}
