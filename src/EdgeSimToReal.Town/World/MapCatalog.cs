namespace EdgeSimToReal.Town.World;

/// <summary>The maps' names and which one is loaded.</summary>
internal sealed class MapCatalog
{
    private readonly string[] _names;

    /// <param name="names">Short names ("Town10HD_Opt"), at least one; the first is loaded at start.</param>
    public MapCatalog(IReadOnlyList<string> names) => _names = [.. names];

    /// <summary>Which map is loaded.</summary>
    public int Index { get; private set; }

    /// <summary>The loaded map as get_map_info tells it.</summary>
    public string FullName => $"Carla/Maps/{_names[Index]}";

    /// <summary>All maps as get_available_maps tells them.</summary>
    public string[] Paths => Array.ConvertAll(_names, name => $"/Game/Carla/Maps/{name}");

    /// <summary>Selects a map by its name, short or with its folders.</summary>
    public bool TrySelect(string name)
    {
        int found = Array.IndexOf(_names, name[(name.LastIndexOf('/') + 1)..]);
        if (found >= 0)
            Index = found;
        return found >= 0;
    }
}
