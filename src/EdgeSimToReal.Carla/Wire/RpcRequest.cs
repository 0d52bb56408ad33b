using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>A request: [0, id, method, parameters]; a notification: [2, method, parameters].</summary>
/// <remarks>
/// The first parameter of every CARLA method is the metadata [ignore_response]; a Traffic Manager's methods have none.
/// </remarks>
/// <param name="Id">What the answer refers to.</param>
/// <param name="Method">The method's name.</param>
/// <param name="IsNotification">No answer is wanted.</param>
/// <param name="ParameterCount">Number of parameters, the metadata included.</param>
/// <param name="Parameters">The parameters, one after the other, without the array's header; part of the message's memory.</param>
public readonly record struct RpcRequest(uint Id, string Method, bool IsNotification, int ParameterCount, ReadOnlyMemory<byte> Parameters)
{
    /// <summary>Reads a whole message.</summary>
    /// <param name="message">One MessagePack object.</param>
    /// <exception cref="MessagePackSerializationException">It is no request.</exception>
    public static RpcRequest Read(ReadOnlyMemory<byte> message)
    {
        MessagePackReader reader = new(message);
        int count = reader.ReadArrayHeader();
        int type = reader.ReadInt32();
        bool notification = type == 2 && count == 3;
        if (!notification && (type != 0 || count != 4))
            throw new MessagePackSerializationException("A message that is no RPC request.");
        uint id = notification ? 0 : reader.ReadUInt32();
        string method = reader.ReadString() ?? "";
        int parameters = reader.ReadArrayHeader();
        return new(id, method, notification, parameters, message[(int)reader.Consumed..]);
    }

    /// <summary>A reader at the first argument after the metadata.</summary>
    /// <param name="ignoreResponse">The metadata: the caller does not look at the answer and must not be kept waiting.</param>
    /// <exception cref="MessagePackSerializationException">The first parameter is no metadata.</exception>
    public MessagePackReader ReadArguments(out bool ignoreResponse)
    {
        MessagePackReader reader = new(Parameters);
        int left = ParameterCount > 0 ? reader.ReadArrayHeader()
            : throw new MessagePackSerializationException("A request without metadata.");
        ignoreResponse = WireFormat.ReadBoolean(ref reader, ref left);
        WireFormat.SkipRest(ref reader, left);
        return reader;
    }

    /// <summary>Writes everything before the first argument.</summary>
    /// <param name="writer">The writer; the caller writes the arguments next.</param>
    /// <param name="id">Chosen by the caller.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="argumentCount">Number of arguments, the metadata not counted.</param>
    /// <param name="ignoreResponse">The metadata; null leaves it out (Traffic Manager).</param>
    public static void WriteHeader(ref MessagePackWriter writer, uint id, string method, int argumentCount, bool? ignoreResponse = false)
    {
        writer.WriteArrayHeader(4);
        writer.Write(0);
        writer.Write(id);
        writer.Write(method);
        writer.WriteArrayHeader(argumentCount + (ignoreResponse is null ? 0 : 1));
        if (ignoreResponse is { } ignore)
        {
            writer.WriteArrayHeader(1);
            writer.Write(ignore);
        }
    }
}
