using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <summary>From <see cref="TownTag"/> to the numbers of a CARLA version.</summary>
public static class TagTables
{
    private static readonly byte[] Carla29 = Identity();

    // Unlabeled, Road, SideWalk, Building, Wall, Fence, Pole, TrafficLight, TrafficSign, Vegetation, Terrain, Sky, Pedestrian, Rider,
    // Car, Truck, Bus, Train, Motorcycle, Bicycle, Static, Dynamic, Other, Water, RoadLine, Ground, Bridge, RailTrack, GuardRail.
    private static readonly byte[] Carla23 = Padded(
        [0, 7, 8, 1, 11, 2, 5, 18, 12, 9, 22, 13, 4, 4, 10, 10, 10, 10, 10, 10, 19, 20, 3, 21, 6, 14, 15, 16, 17]);

    /// <summary>256 entries: the number of each <see cref="TownTag"/> in a scheme.</summary>
    /// <param name="space"><see cref="LabelSpaces.Carla23"/> or <see cref="LabelSpaces.Carla29"/>.</param>
    /// <exception cref="EdgeSimException">The scheme is another one.</exception>
    public static ReadOnlySpan<byte> For(LabelSpace space)
    {
        if (space == LabelSpaces.Carla29)
            return Carla29;
        if (space == LabelSpaces.Carla23)
            return Carla23;
        throw new EdgeSimException($"The town has no tags in the label space '{space}'.", "Ask for carla23 or carla29 and remap.");
    }

    private static byte[] Identity()
    {
        byte[] table = new byte[256];
        foreach (TownTag tag in Enum.GetValues<TownTag>())
            table[(int)tag] = (byte)tag;
        return table;
    }

    private static byte[] Padded(byte[] table)
    {
        Array.Resize(ref table, 256);
        return table;
    }
}
