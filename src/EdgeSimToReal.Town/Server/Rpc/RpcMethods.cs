using System.Text;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.World;
using MessagePack;

namespace EdgeSimToReal.Town.Server.Rpc;

/// <summary>The methods of the imitated server.</summary>
internal sealed partial class RpcMethods
{
    private const int LongestName = 64;

    private readonly Dictionary<string, RpcMethod> _methods = [];
    private readonly Dictionary<string, RpcMethod>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly TownWorld _world;
    private readonly TownEngine _engine;
    private readonly ReplayStudio? _studio;
    private readonly int _streamingPort;
    private readonly ServerProfile _profile;
    private readonly byte[] _definitions;

    /// <summary>Binds the methods that the world's version has.</summary>
    public RpcMethods(TownWorld world, TownEngine engine, ReplayStudio? studio, int streamingPort)
    {
        _world = world;
        _engine = engine;
        _studio = studio;
        _streamingPort = streamingPort;
        _profile = world.Profile;
        _definitions = PackDefinitions(world.Blueprints);
        _byName = _methods.GetAlternateLookup<ReadOnlySpan<char>>();
        BindEpisode();
        BindActors();
        BindTrafficManager();
    }

    /// <summary>The method of that name; null for none.</summary>
    public RpcMethod? Find(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[LongestName];
        return name.Length <= LongestName && Encoding.UTF8.TryGetChars(name, text, out int length)
            && _byName.TryGetValue(text[..length], out RpcMethod? method)
            ? method
            : null;
    }

    private void Bind(string name, int arguments, RpcForm form, RpcHandler handler) =>
        _methods.Add(name, new RpcMethod(name, arguments + 1, form, handler)); // the metadata comes first

    private static void WriteVoid(ref MessagePackWriter writer, string? error)
    {
        if (error is null)
            CarlaResponse.WriteOk(ref writer);
        else
            CarlaResponse.WriteError(ref writer, error, methodHasValue: false);
    }

    private static void WriteBoolean(ref MessagePackWriter writer, bool value)
    {
        CarlaResponse.WriteValueHeader(ref writer);
        writer.Write(value);
    }

    private static void WriteText(ref MessagePackWriter writer, string value)
    {
        CarlaResponse.WriteValueHeader(ref writer);
        writer.Write(value);
    }

    private static void WriteEmptyArray(ref MessagePackWriter writer)
    {
        CarlaResponse.WriteValueHeader(ref writer);
        writer.WriteArrayHeader(0);
    }

    /// <summary>Text; unlike a structure's field, an argument must be one.</summary>
    private static string ReadText(ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new MessagePackSerializationException("Text expected.");

    private static byte[] PackDefinitions(BlueprintLibrary library)
    {
        ByteSink sink = new();
        MessagePackWriter writer = new(sink);
        writer.WriteArrayHeader(library.All.Count);
        foreach (Blueprint blueprint in library.All)
            blueprint.Definition.Write(ref writer);
        writer.Flush();
        return sink.Written.ToArray();
    }
}
