using System.Collections.Frozen;
using System.Collections.Immutable;

namespace EdgeSimToReal.Core.Labels;

/// <summary>A set of label ids with names and colours, as one data set or simulator version defines it.</summary>
public sealed class LabelSpace
{
    /// <summary>The id that means "no label; ignored by losses and metrics" in every space that has no own id for it.</summary>
    public const byte Ignore = 255;

    // As the spaces name them.
    private static readonly FrozenSet<string> PersonNames =
        FrozenSet.Create("person", "pedestrian", "rider", "child", "bicyclist", "person or animal");

    private static readonly FrozenSet<string> VehicleNames = FrozenSet.Create("vehicle", "vehicles", "car", "truck", "bus", "train",
        "motorcycle", "bicycle", "caravan", "trailer", "autorickshaw", "suv or pickup", "truck or bus", "motorcycle or scooter",
        "vehicle fallback", "trailer, train or vehicle fallback");

    internal LabelSpace(string name, params LabelClass[] classes)
    {
        Name = name;
        Classes = [.. classes];
        Vehicles = [.. classes.Where(c => VehicleNames.Contains(c.Name)).Select(c => c.Id)];
        Objects = [.. classes.Where(c => PersonNames.Contains(c.Name) || VehicleNames.Contains(c.Name)).Select(c => c.Id)];
    }

    /// <summary>The space's name as manifests and the command line write it, e.g. "common16".</summary>
    public string Name { get; }

    /// <summary>The classes in the order of their ids.</summary>
    public ImmutableArray<LabelClass> Classes { get; }

    /// <summary>The ids of vehicles, in order.</summary>
    public ImmutableArray<byte> Vehicles { get; }

    /// <summary>The ids of persons and vehicles, which come and go one by one; in order, and at least one in every space.</summary>
    public ImmutableArray<byte> Objects { get; }

    /// <summary>Number of classes. In a dense space the ids are 0 .. Count - 1.</summary>
    public int Count => Classes.Length;

    /// <summary>The class with the given id; null where the space has none.</summary>
    /// <param name="id">0..255.</param>
    public LabelClass? Find(byte id)
    {
        foreach (LabelClass c in Classes)
        {
            if (c.Id == id)
                return c;
        }
        return null;
    }

    /// <summary>256 colours, three bytes R, G, B an id; black where the space has no class.</summary>
    public byte[] Palette()
    {
        byte[] palette = new byte[256 * 3];
        foreach (LabelClass c in Classes)
            (palette[c.Id * 3], palette[(c.Id * 3) + 1], palette[(c.Id * 3) + 2]) = (c.R, c.G, c.B);
        return palette;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
