using System.Globalization;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Town.World;

/// <summary>The blueprints of one imitated version.</summary>
internal sealed partial class BlueprintLibrary
{
    private readonly List<Blueprint> _blueprints = [];
    private readonly ServerProfile _profile;

    /// <summary>Lists the blueprints.</summary>
    /// <param name="profile">The imitated version; older ones lack some cameras.</param>
    /// <param name="defaultWidth">Default image_size_x.</param>
    /// <param name="defaultHeight">Default image_size_y.</param>
    public BlueprintLibrary(ServerProfile profile, int defaultWidth, int defaultHeight)
    {
        _profile = profile;
        AddCameras(defaultWidth, defaultHeight);
        AddVehicles();
        AddWalkers();
        AddProps();
        Spectator = Add("spectator", ActorKind.Spectator, []);
    }

    /// <summary>All blueprints, the spectator last.</summary>
    public IReadOnlyList<Blueprint> All => _blueprints;

    /// <summary>The blueprint of the spectator; it can't be spawned.</summary>
    public Blueprint Spectator { get; }

    /// <summary>The blueprint with this uid; null for none.</summary>
    public Blueprint? Find(uint uid) => uid >= 1 && uid <= (uint)_blueprints.Count ? _blueprints[(int)uid - 1] : null;

    /// <summary>The blueprint of that name, which must exist.</summary>
    public Blueprint Find(string id) => _blueprints.Find(blueprint => blueprint.Definition.Id == id)!;

    private Blueprint Add(
        string id, ActorKind kind, ActorAttribute[] attributes, Vector3D extent = default, byte tag = 0, CameraKind camera = default)
    {
        ActorDefinition definition = new((uint)_blueprints.Count + 1, id, id.Replace('.', ','), attributes);
        Blueprint blueprint = new(definition, kind) { Extent = extent, Tag = tag, Camera = camera };
        _blueprints.Add(blueprint);
        return blueprint;
    }

    private ActorAttribute Attribute(string id, AttributeKind kind, string value, params string[] recommended) =>
        new(id, (uint)((int)kind + _profile.AttributeTypeBase), value, recommended, true, false);

    private ActorAttribute Int(string id, int value) => Attribute(id, AttributeKind.Integer, Text(value));

    private ActorAttribute Float(string id, string value) => Attribute(id, AttributeKind.Float, value);

    private ActorAttribute Bool(string id, bool value) => Attribute(id, AttributeKind.Boolean, value ? "true" : "false");

    private ActorAttribute String(string id, string value, params string[] recommended) =>
        Attribute(id, AttributeKind.Text, value, recommended);

    /// <summary>A fixed property of the blueprint, such as the number of wheels.</summary>
    private ActorAttribute Fixed(string id, AttributeKind kind, string value) =>
        Attribute(id, kind, value, value) with { IsModifiable = false, RestrictToRecommended = true };

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
