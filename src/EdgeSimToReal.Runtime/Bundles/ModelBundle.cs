using System.Security.Cryptography;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Bundles;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Core.Networks;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Runtime.Bundles;

/// <summary>A model bundle in memory: the manifest and the verified ONNX graphs.</summary>
public sealed class ModelBundle
{
    private static readonly string[] GraphRoles = [BundleRoles.StructureEncoder, BundleRoles.TextureEncoder, BundleRoles.Generator];

    private const long MaxManifestBytes = 1 << 20;

    private readonly Dictionary<string, byte[]> _files;
    private readonly Dictionary<string, Dictionary<string, WeightTensor>> _weights = [];

    private ModelBundle(string folder, BundleManifest manifest, SaeConfiguration configuration, Dictionary<string, byte[]> files)
    {
        Folder = folder;
        Manifest = manifest;
        Configuration = configuration;
        ConditioningSpace = configuration.ConditioningSpace(manifest.LabelSpace, folder);
        _files = files;
    }

    /// <summary>The bundle's folder.</summary>
    public string Folder { get; }

    /// <summary>What bundle.json says.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>Sizes of encoder and generator.</summary>
    public SaeConfiguration Configuration { get; }

    /// <summary>The label space of the label map that the generator takes; null where it takes none.</summary>
    public LabelSpace? ConditioningSpace { get; }

    /// <summary>One checksum over the graphs, the identity of the model in caches and reports.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
        string.Join("\n", GraphRoles.Select(role => Manifest.Files[role].Sha256)))));

    /// <summary>Loads a bundle; every file's size and checksum and every graph's operator set, role and network are verified.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <exception cref="EdgeSimException">Something is missing, truncated, altered, or of another version.</exception>
    public static ModelBundle Load(string folder)
    {
        string path = Path.Combine(folder, BundleManifest.FileName);
        if (!Directory.Exists(folder))
            throw new EdgeSimException($"There is no model bundle '{folder}'.", "Give the folder that holds a bundle.json.");
        BundleManifest manifest = BundleManifestJson.Read(Read(path, MaxManifestBytes, System.Text.Encoding.UTF8.GetString), path);
        if (manifest.Normalisation != BundleNormalisation.SignedUnit)
        {
            throw new EdgeSimException($"'{path}' asks for the normalisation {manifest.Normalisation}.",
                "This version knows RGB in [-1, 1].");
        }
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        foreach ((string role, BundleFile file) in manifest.Files)
        {
            if (file.Name is "" or "." or ".." || Path.GetFileName(file.Name) != file.Name || file.Name.Contains('\0'))
                throw new EdgeSimException($"'{path}' names the file '{file.Name}'.", "A bundle's files lie in its folder itself.");
            string filePath = Path.Combine(folder, file.Name);
            byte[] content = Read(filePath, file.Bytes, bytes => bytes);
            if (content.Length != file.Bytes)
            {
                throw new EdgeSimException($"'{filePath}' has {content.Length} bytes, and the manifest says {file.Bytes}.",
                    "The bundle is truncated or altered; copy or export it again.");
            }
            if (!Convert.ToHexStringLower(SHA256.HashData(content)).Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new EdgeSimException($"'{filePath}' does not have the checksum that the manifest says.",
                    "The bundle is corrupt or altered; copy or export it again.");
            }
            files[role] = content;
        }
        if (manifest.Opset != GraphBuilder.Opset)
        {
            throw new EdgeSimException(
                $"'{path}' says the ONNX operator set {manifest.Opset}, and this version reads {GraphBuilder.Opset}.",
                "Export the bundle with this version.");
        }
        SaeConfiguration configuration = SaeConfiguration.FromMetadata(manifest.Network);
        foreach (string role in GraphRoles)
        {
            if (!files.TryGetValue(role, out byte[]? content))
                throw new EdgeSimException($"'{path}' lists no {role}.", "Export the bundle again.");
            CheckGraph(content, Path.Combine(folder, manifest.Files[role].Name), role, configuration);
        }
        if (manifest.Guard is { } guard)
            BundleGuardCheck.Check(manifest, guard, files.GetValueOrDefault(BundleRoles.Guard), path);
        return new ModelBundle(folder, manifest, configuration, files);

        static T Read<T>(string path, long expected, Func<byte[], T> convert)
        {
            try
            {
                long length = new FileInfo(path).Length;
                if (length > expected)
                {
                    throw new EdgeSimException($"'{path}' has {length} bytes, and at most {expected} are expected.",
                        "The bundle is altered; copy or export it again.");
                }
                return convert(File.ReadAllBytes(path));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new EdgeSimException($"Can't read '{path}': {error.Message.TrimEnd('.')}.",
                    "Is the bundle complete? Copy or export it again.", ExitCode.BadInput, error);
            }
        }
    }

    /// <summary>Names of the texture codes that the bundle carries.</summary>
    public IReadOnlyList<string> TextureNames => [.. Manifest.Files.Keys
        .Where(role => role.StartsWith(BundleRoles.TexturePrefix, StringComparison.Ordinal))
        .Select(role => role[BundleRoles.TexturePrefix.Length..])];

    /// <summary>One of the bundle's own texture codes.</summary>
    /// <param name="name">One of <see cref="TextureNames"/>.</param>
    /// <exception cref="EdgeSimException">The bundle has no such texture, or its file holds no texture code.</exception>
    public TextureCode Texture(string name)
    {
        if (!Manifest.Files.TryGetValue(BundleRoles.TexturePrefix + name, out BundleFile? file))
        {
            throw new EdgeSimException($"The model '{Manifest.Name}' carries no texture '{name}'.", TextureNames.Count == 0
                ? "It carries none: give a photograph."
                : $"It carries: {string.Join(", ", TextureNames)}. Or give a photograph.");
        }
        string path = Path.Combine(Folder, file.Name);
        return TextureCode.Parse(SafetensorsFile.Parse(_files[BundleRoles.TexturePrefix + name], path), path);
    }

    /// <summary>A file's content, as it was verified.</summary>
    /// <param name="role">A role that <see cref="Manifest"/> lists.</param>
    public byte[] Content(string role) => _files[role];

    /// <summary>The float initialisers of one graph, by the reference's keys.</summary>
    /// <param name="role">One of the graph roles.</param>
    /// <exception cref="EdgeSimException">A tensor's data does not fit its shape.</exception>
    public IReadOnlyDictionary<string, WeightTensor> Weights(string role)
    {
        if (!_weights.TryGetValue(role, out Dictionary<string, WeightTensor>? weights))
        {
            string path = Path.Combine(Folder, Manifest.Files[role].Name);
            weights = OnnxFile.Initializers(OnnxFile.Parse(_files[role], path), path);
            _weights[role] = weights;
        }
        return weights;
    }

    // The manifest has no checksum of its own: what it says of the networks must be what the graphs say.
    private static void CheckGraph(byte[] content, string path, string role, SaeConfiguration configuration)
    {
        ModelProto model = OnnxFile.Parse(content, path);
        Check(SaeExporter.RoleKey, role);
        Dictionary<string, string> network = configuration.ToMetadata();
        foreach (string key in network.Keys.Union(SaeConfiguration.OptionalKeys))
            Check(SaeExporter.MetadataPrefix + key, network.GetValueOrDefault(key));

        void Check(string key, string? expected)
        {
            string? actual = model.MetadataProps.FirstOrDefault(property => property.Key == key)?.Value;
            if (actual != expected)
            {
                throw new EdgeSimException(
                    $"'{path}' says {key} = {actual ?? "nothing"}, and {BundleManifest.FileName} says {expected ?? "nothing"}.",
                    "The bundle's files do not belong together; copy or export it again.");
            }
        }
    }
}
