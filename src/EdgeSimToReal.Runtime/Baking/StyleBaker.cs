using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx.Schema;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Textures;
using Google.Protobuf;

namespace EdgeSimToReal.Runtime.Baking;

/// <summary>Freezes a bundle for one texture and size, and keeps the result on disk for the next start.</summary>
/// <param name="cacheFolder">Where baked graphs are kept; null: no cache.</param>
public sealed class StyleBaker(string? cacheFolder)
{
    // Changes whenever the same inputs would give other graphs.
    private const int Version = 2;
    private const int KeptGraphs = 24;
    private const int ChecksumBytes = 32;
    private static readonly TimeSpan KeptParts = TimeSpan.FromDays(1);

    /// <summary>The user's cache folder: $XDG_CACHE_HOME/edgesim/baked, by default in ~/.cache.</summary>
    public static string DefaultCacheFolder
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache))
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(cache, "edgesim", "baked");
        }
    }

    /// <summary>The live graph, from the cache where it is there and whole, else baked and put there.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="texture">The texture code.</param>
    /// <param name="options">Size, noise and forms.</param>
    /// <exception cref="EdgeSimException">
    /// The size does not suit the network, the texture code is of another model, or fp16 is asked for and was not measured.
    /// </exception>
    public BakedGraph Bake(ModelBundle bundle, TextureCode texture, BakeOptions options)
    {
        if (texture.Values.Length != bundle.Configuration.TextureChannels)
        {
            throw new EdgeSimException($"The texture code has {texture.Values.Length} values, and the model '{bundle.Manifest.Name}' needs "
                + $"{bundle.Configuration.TextureChannels}.", "Compute the code with this model's texture encoder.");
        }
        string key = Key(bundle, texture, options);
        if (ReadCache(key) is { } cached)
            return Graph(cached, fromCache: true);
        ModelProto live = LiveGraph.Build(bundle, texture.Values, options);
        byte[] model = (options.Precision == LivePrecision.Fp16 ? HalfGraph.Convert(live, Single(bundle)) : live).ToByteArray();
        WriteCache(key, model);
        return Graph(model, fromCache: false);

        BakedGraph Graph(byte[] content, bool fromCache) => new(content, options.Width, options.Height, key, fromCache,
            bundle.ConditioningSpace is { } space ? new LabelInput(space, bundle.Configuration.Stride) : null, options.Precision);
    }

    private static string Key(ModelBundle bundle, TextureCode texture, BakeOptions options)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{Version}|{bundle.Checksum}|{bundle.Manifest.NoiseSeed}|{options}|")));
        if (options.Precision == LivePrecision.Fp16)
            hash.AppendData(Encoding.UTF8.GetBytes($"{string.Join(",", Single(bundle).Order(StringComparer.Ordinal))}|"));
        hash.AppendData(MemoryMarshal.AsBytes(texture.Values.Span));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static HashSet<string> Single(ModelBundle bundle) => [.. (bundle.Manifest.Half ?? throw new EdgeSimException(
        $"Nobody has measured which layers of the model '{bundle.Manifest.Name}' must stay in fp32.",
        $"Measure it once, on any machine: edgesim fp16 {bundle.Folder} --frames FOLDER.")).Single];

    // A cached file is the model followed by its SHA-256, so that a damaged one is noticed and baked again.
    private byte[]? ReadCache(string key)
    {
        if (cacheFolder is null)
            return null;
        string path = PathOf(key);
        try
        {
            byte[] content = File.ReadAllBytes(path);
            if (content.Length <= ChecksumBytes)
                return null;
            ReadOnlySpan<byte> model = content.AsSpan(0, content.Length - ChecksumBytes);
            if (!SHA256.HashData(model).AsSpan().SequenceEqual(content.AsSpan(model.Length)))
                return null;
            Touch(path);
            return model.ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Tells which graphs are in use when old ones make room; a cache that this user can only read is good without it.
    private static void Touch(string path)
    {
        try
        {
            File.SetLastAccessTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }

    // A cache that can't be written costs the next start some time; it is no reason to stop.
    private void WriteCache(string key, byte[] model)
    {
        if (cacheFolder is null)
            return;
        try
        {
            AtomicFile.Write(PathOf(key), stream =>
            {
                stream.Write(model);
                stream.Write(SHA256.HashData(model));
            });
            DirectoryInfo folder = new(cacheFolder);
            IEnumerable<FileInfo> old = folder.GetFiles("*.live").OrderByDescending(file => file.LastAccessTimeUtc).Skip(KeptGraphs);
            // What a killed bake has left half-written; a part that is young may be another program's.
            IEnumerable<FileInfo> parts = folder.GetFiles("*.part").Where(file => DateTime.UtcNow - file.LastWriteTimeUtc > KeptParts);
            foreach (FileInfo file in old.Concat(parts))
                file.Delete();
        }
        catch (Exception error) when (error is EdgeSimException or IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }

    private string PathOf(string key) => Path.Combine(cacheFolder!, $"{key}.live");
}
