using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeSimToReal.Core.Labels;

/// <summary>A table from the ids of one label space to the ids of another.</summary>
/// <remarks>
/// Every known space maps to <see cref="LabelSpaces.Common16"/>, and Common16 to <see cref="LabelSpaces.Shared10"/> and to the
/// Cityscapes trainIds; other pairs go through Common16, except where a space knows the trainIds' classes one by one. Ids without a
/// counterpart become <see cref="LabelSpace.Ignore"/>.
/// </remarks>
public sealed class LabelRemap
{
    private const byte X = LabelSpace.Ignore;
    private const string GuardRail = "guard rail";
    private const byte WideFence = 3; // of Shared10Wide

    // Common16: 0 road, 1 sidewalk, 2 building, 3 wall, 4 fence, 5 pole, 6 traffic light, 7 traffic sign, 8 vegetation, 9 terrain,
    // 10 sky, 11 person, 12 vehicle, 13 other ground, 14 static, 15 dynamic.
    private static readonly Dictionary<LabelSpace, byte[]> ToCommon16 = new()
    {
        // Unlabeled, Building, Fence, Other, Pedestrian, Pole, RoadLine, Road, SideWalk, Vegetation, Vehicles, Wall, TrafficSign, Sky,
        // Ground, Bridge, RailTrack, GuardRail, TrafficLight, Static, Dynamic, Water, Terrain.
        [LabelSpaces.Carla23] = [X, 2, 4, 14, 11, 5, 0, 0, 1, 8, 12, 3, 7, 10, 13, 14, 13, 14, 6, 14, 15, 13, 9],
        // Unlabeled, Road, SideWalk, Building, Wall, Fence, Pole, TrafficLight, TrafficSign, Vegetation, Terrain, Sky, Pedestrian,
        // Rider, Car, Truck, Bus, Train, Motorcycle, Bicycle, Static, Dynamic, Other, Water, RoadLine, Ground, Bridge, RailTrack, GuardRail.
        [LabelSpaces.Carla29] =
            [X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11, 12, 12, 12, 12, 12, 12, 14, 15, 14, 13, 0, 13, 14, 13, 14],
        // 0..3 carry no label; 4 static, 5 dynamic, 6 ground, 7 road, 8 sidewalk, 9 parking, 10 rail track, 11 building, 12 wall,
        // 13 fence, 14 guard rail, 15 bridge, 16 tunnel, 17 pole, 18 polegroup, 19 light, 20 sign, 21 vegetation, 22 terrain, 23 sky,
        // 24 person, 25 rider, 26..33 vehicles.
        [LabelSpaces.CityscapesIds] =
        [
            X, X, X, X, 14, 15, 13, 0, 1, 13, 13, 2, 3, 4, 14, 14, 14, 5, 5, 6, 7, 8, 9, 10, 11, 11, 12, 12, 12, 12, 12, 12, 12, 12,
        ],
        [LabelSpaces.CityscapesTrainIds] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11, 12, 12, 12, 12, 12, 12],
        // Sky, building, pole, road, pavement, tree, sign or light, fence, car, pedestrian, bicyclist (rider and bicycle in one), void.
        [LabelSpaces.CamVid11] = [10, 2, 5, 0, 1, 8, 7, 4, 12, 11, 11, X],
        // The names, in alphabetical order; riders and bicycles are one label as in CamVid11. Text stands on signs and on shops alike.
        [LabelSpaces.CamVid32] = [
            X, 2, 11, 14, 2, 12, 15, 11, 5, 4, 0, 0, X, 12, 15, 13, 11, 0, 13, 1, 7, 10, 12, 15, 6, 12, 8, 12, 14, 8, X, 3,
        ],
        // Animals, curbs (the data set paints them on walls and kerbs alike), billboards and the fallback background have no counterpart.
        [LabelSpaces.IddIds] = [
            0, 13, 13, 1, 13, 9, 11, X, 11, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, X, 3, 4, 14, X, 7, 6, 5, 5, 14, 2, 14, 14, 8, 10,
            X, X, X, X, X, X,
        ],
        // The third level merges animals with people and the fallback background with the sky: both are rare, and go where most belong.
        // Rail tracks go with the soil beside roads, as in the data set's own map to Cityscapes.
        [LabelSpaces.IddLevel3] = [
            0, 13, 1, 9, 11, 11, 12, 12, 12, 12, 12, 12, 12, X, 3, 4, 14, X, 7, 6, 5, 14, 2, 14, 8, 10,
        ],
        [LabelSpaces.Common16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [LabelSpaces.Shared10] = [0, 1, 2, 4, 5, 7, 8, 10, 11, 12],
        [LabelSpaces.Shared10Wide] = [0, 1, 2, 4, 5, 7, 8, 10, 11, 12],
    };

    private static readonly Dictionary<LabelSpace, byte[]> FromCommon16 = new()
    {
        [LabelSpaces.Common16] = ToCommon16[LabelSpaces.Common16],
        // Wall counts as fence and traffic light as traffic sign (CamVid labels them so).
        [LabelSpaces.Shared10] = [0, 1, 2, 3, 3, 4, 5, 5, 6, X, 7, 8, 9, X, X, X],
        [LabelSpaces.Shared10Wide] = [0, 1, 2, 3, 3, 4, 5, 5, 6, 6, 7, 8, 9, X, X, X], // and guard rails, which Common16 calls static
        // Merged classes take the commonest member: person (11) and car (13).
        [LabelSpaces.CityscapesTrainIds] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, X, X, X],
    };

    // Common16 merges riders and the kinds of vehicle; these spaces tell them apart as the trainIds do.
    private static readonly Dictionary<LabelSpace, byte[]> ToTrainIds = new()
    {
        // Tag - 1 for 1..19; road line is road; ground is terrain here and road there, so neither.
        [LabelSpaces.Carla29] =
            [X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, X, X, X, X, 0, X, X, X, X],
        // The data set's own table: parking, rail track, guard rail, bridge, tunnel, polegroup, caravan and trailer are not trained.
        [LabelSpaces.CityscapesIds] =
        [
            X, X, X, X, X, X, X, 0, 1, X, X, 2, 3, 4, X, X, X, 5, X, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, X, X, 16, 17, 18,
        ],
        // As the data set's own table: autorickshaws, curbs, billboards and the fallbacks but the soil's are not trained.
        [LabelSpaces.IddIds] = [
            0, X, X, 1, X, 9, 11, X, 12, 17, 18, X, 13, 14, 15, X, X, 16, X, X, 3, 4, X, X, 7, 6, 5, X, X, 2, X, X, 8, 10, X, X, X, X,
            X, X,
        ],
        [LabelSpaces.IddLevel3] = [
            0, X, 1, 9, 11, 12, 17, 18, X, 13, 14, 15, X, X, 3, 4, X, X, 7, 6, 5, X, 2, X, 8, 10,
        ],
    };

    private readonly byte[] _table;
    private readonly int _parts; // of 16 entries, from the first on; all further entries are "ignore"

    private LabelRemap(LabelSpace from, LabelSpace to, byte[] table)
    {
        From = from;
        To = to;
        _table = table;
        _parts = (Array.FindLastIndex(table, id => id != X) / Vector128<byte>.Count) + 1;
    }

    /// <summary>The space of the input ids.</summary>
    public LabelSpace From { get; }

    /// <summary>The space of the output ids.</summary>
    public LabelSpace To { get; }

    /// <summary>256 entries: the output id of each input id.</summary>
    public ReadOnlySpan<byte> Table => _table;

    /// <summary>The table between two spaces.</summary>
    /// <param name="from">The space of the input ids.</param>
    /// <param name="to">Common16, Shared10 (wide or not), the Cityscapes trainIds, or <paramref name="from"/> itself.</param>
    /// <exception cref="EdgeSimException">No map leads to <paramref name="to"/>.</exception>
    public static LabelRemap Between(LabelSpace from, LabelSpace to)
    {
        byte[] table = new byte[256];
        Array.Fill(table, LabelSpace.Ignore);
        if (from == to)
        {
            foreach (LabelClass c in from.Classes)
                table[c.Id] = c.Id;
            return new LabelRemap(from, to, table);
        }
        if (to == LabelSpaces.CityscapesTrainIds && ToTrainIds.TryGetValue(from, out byte[]? toTrainIds))
        {
            toTrainIds.CopyTo(table, 0);
            return new LabelRemap(from, to, table);
        }
        byte[] toCommon = ToCommon16[from];
        if (!FromCommon16.TryGetValue(to, out byte[]? fromCommon))
        {
            throw new EdgeSimException($"Labels of '{from}' can't be mapped to '{to}'.",
                $"Possible targets: {string.Join(", ", FromCommon16.Keys)}.");
        }
        for (int id = 0; id < toCommon.Length; id++)
            table[id] = toCommon[id] == LabelSpace.Ignore ? LabelSpace.Ignore : fromCommon[toCommon[id]];
        foreach (LabelClass c in from.Classes.Where(c => to == LabelSpaces.Shared10Wide && c.Name == GuardRail))
            table[c.Id] = WideFence;
        return new LabelRemap(from, to, table);
    }

    /// <summary>Maps every id; source and target may be the same memory.</summary>
    /// <param name="source">Input ids.</param>
    /// <param name="target">Output ids, at least as long as <paramref name="source"/>.</param>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target)
    {
        ReadOnlySpan<byte> table = _table;
        target = target[..source.Length];
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref byte from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target),
                entries = ref MemoryMarshal.GetReference(table);
            for (; i <= source.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                // A byte's upper half tells the part of the table, its lower half the entry.
                Vector128<byte> ids = Vector128.LoadUnsafe(ref from, (nuint)i), mapped = Vector128.Create(X);
                Vector128<byte> half = Vector128.Create((byte)15), entry = ids & half, part = (ids.AsUInt16() >> 4).AsByte() & half;
                for (int p = 0; p < _parts; p++)
                {
                    Vector128<byte> found = Vector128.Shuffle(Vector128.LoadUnsafe(ref entries, (nuint)(16 * p)), entry);
                    mapped = Vector128.ConditionalSelect(Vector128.Equals(part, Vector128.Create((byte)p)), found, mapped);
                }
                mapped.StoreUnsafe(ref to, (nuint)i);
            }
        }
        for (; i < source.Length; i++)
            target[i] = table[source[i]];
    }
}
