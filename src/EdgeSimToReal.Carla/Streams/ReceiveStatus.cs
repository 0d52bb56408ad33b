namespace EdgeSimToReal.Carla.Streams;

/// <summary>What one receive from a stream came to.</summary>
public enum ReceiveStatus
{
    /// <summary>The message goes on.</summary>
    Partial,

    /// <summary>The message is complete.</summary>
    Complete,

    /// <summary>The server closed the stream, or the network did.</summary>
    Closed,

    /// <summary>The message is not what was subscribed to; the stream has to be opened anew.</summary>
    Damaged,
}
