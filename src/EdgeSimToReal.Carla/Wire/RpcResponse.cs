using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>An answer: [1, id, error, result].</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Error">rpclib's error text (unknown method, wrong arguments); null where the method ran.</param>
/// <param name="Result">The result as one MessagePack object; part of the message's memory.</param>
public readonly record struct RpcResponse(uint Id, string? Error, ReadOnlyMemory<byte> Result)
{
    /// <summary>Reads a whole message.</summary>
    /// <param name="message">One MessagePack object.</param>
    /// <exception cref="MessagePackSerializationException">It is no answer.</exception>
    public static RpcResponse Read(ReadOnlyMemory<byte> message)
    {
        MessagePackReader reader = new(message);
        if (reader.ReadArrayHeader() != 4 || reader.ReadInt32() != 1)
            throw new MessagePackSerializationException("A message that is no RPC answer.");
        uint id = reader.ReadUInt32();
        string? error = null;
        if (!reader.TryReadNil())
        {
            if (reader.NextMessagePackType == MessagePackType.String)
            {
                error = reader.ReadString();
            }
            else
            {
                reader.Skip();
                error = "rpclib: an error that is no text.";
            }
        }
        return new(id, error, message[(int)reader.Consumed..]);
    }

    /// <summary>Writes everything before the result.</summary>
    /// <param name="writer">The writer; the caller writes the result next, see <see cref="CarlaResponse"/>.</param>
    /// <param name="id">The request's id.</param>
    public static void WriteHeader(ref MessagePackWriter writer, uint id)
    {
        writer.WriteArrayHeader(4);
        writer.Write(1);
        writer.Write(id);
        writer.WriteNil();
    }

    /// <summary>Writes an answer with an error of rpclib's level.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="error">The text, see <see cref="RpcErrors"/>.</param>
    public static void WriteError(ref MessagePackWriter writer, uint id, string error)
    {
        writer.WriteArrayHeader(4);
        writer.Write(1);
        writer.Write(id);
        writer.Write(error);
        writer.WriteNil();
    }
}
