using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>A structure of CARLA's RPC, packed as a MessagePack array in the order of its MSGPACK_DEFINE_ARRAY.</summary>
/// <remarks>
/// Reading is lenient, as LibCarla's is: surplus fields are skipped, missing ones keep their defaults. It throws
/// <see cref="MessagePackSerializationException"/>, <see cref="EndOfStreamException"/> or <see cref="OverflowException"/>
/// where a field has another type; <see cref="WireFormat.IsMalformed"/> knows them all.
/// </remarks>
/// <typeparam name="TSelf">The structure itself.</typeparam>
public interface IWireStruct<TSelf>
    where TSelf : IWireStruct<TSelf>
{
    /// <summary>Reads the structure at the reader's position.</summary>
    /// <param name="reader">The reader; advanced past the structure.</param>
    static abstract TSelf Read(ref MessagePackReader reader);

    /// <summary>Writes the structure the way LibCarla packs it.</summary>
    /// <param name="writer">The writer.</param>
    void Write(ref MessagePackWriter writer);
}
