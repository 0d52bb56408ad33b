using MessagePack;

namespace EdgeSimToReal.Carla.Wire;

/// <summary>The running map: [name, spawn_points]; 0.9.10 and 0.9.11: [name, open_drive, spawn_points].</summary>
/// <param name="Name">E.g. "Carla/Maps/Town10HD_Opt".</param>
/// <param name="SpawnPoints">Where vehicles may start.</param>
/// <param name="OpenDrive">The road network of the old form; null leaves the field out (get_map_data gives it from 0.9.12).</param>
public sealed record MapInfo(string Name, Transform[] SpawnPoints, string? OpenDrive = null) : IWireStruct<MapInfo>
{
    /// <inheritdoc/>
    public static MapInfo Read(ref MessagePackReader reader)
    {
        int left = reader.ReadArrayHeader();
        string name = WireFormat.ReadString(ref reader, ref left);
        string? openDrive = null;
        if (left > 0 && reader.NextMessagePackType == MessagePackType.String)
            openDrive = WireFormat.ReadString(ref reader, ref left);
        Transform[] points = WireFormat.ReadArray<Transform>(ref reader, ref left);
        WireFormat.SkipRest(ref reader, left);
        return new(name, points, openDrive);
    }

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(OpenDrive is null ? 2 : 3);
        writer.Write(Name);
        if (OpenDrive is not null)
            writer.Write(OpenDrive);
        WireFormat.WriteArray<Transform>(ref writer, SpawnPoints);
    }
}
