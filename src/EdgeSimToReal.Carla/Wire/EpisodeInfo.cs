using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>The running episode: [id, token].</summary>
/// <param name="Id">Changes when a map is loaded.</param>
/// <param name="WorldObserver">Token of the world observer's stream.</param>
public readonly record struct EpisodeInfo(ulong Id, StreamToken WorldObserver) : IWireStruct<EpisodeInfo>
{
    /// <inheritdoc/>
    public static EpisodeInfo Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        EpisodeInfo value = new(WireFormat.ReadUInt64(ref reader, ref left), WireFormat.Read<StreamToken>(ref reader, ref left));
        WireFormat.SkipRest(ref reader, left);
        return value;
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Id);
        WorldObserver.Write(ref writer);
    }
}
