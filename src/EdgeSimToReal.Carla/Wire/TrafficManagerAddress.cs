using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>Where a Traffic Manager listens: [ip, port]; ("", 0) is none.</summary>
/// <param name="Host">Its address.</param>
/// <param name="Port">Its RPC port.</param>
public readonly record struct TrafficManagerAddress(string Host, ushort Port) : IWireStruct<TrafficManagerAddress>
{
    /// <inheritdoc/>
    public static TrafficManagerAddress Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        TrafficManagerAddress value = new(WireFormat.ReadString(ref reader, ref left),
            checked((ushort)WireFormat.ReadUInt32(ref reader, ref left)));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Host);
        writer.Write(Port);
    }
}
