using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Evaluation;

/// <summary>A model's translators, one for each photograph.</summary>
public sealed class TextureTranslators : IDisposable
{
    private readonly List<LiveTranslator> _translators = [];

    /// <summary>Reads the photographs' textures and freezes the model for each.</summary>
    /// <param name="bundle">The model.</param>
    /// <param name="textures">Paths of photographs, at least one.</param>
    /// <param name="size">The network's picture size; null: the model's own.</param>
    /// <param name="noise">Whether the fixed noise maps are added.</param>
    /// <param name="threads">Threads of a network; 0: one a core.</param>
    /// <param name="cacheFolder">Where baked graphs are kept; null: no cache.</param>
    /// <exception cref="EdgeSimException">There is no photograph, one can't be read, or the size does not suit the model.</exception>
    public TextureTranslators(ModelBundle bundle, IReadOnlyList<string> textures, (int Width, int Height)? size, bool noise, int threads,
        string? cacheFolder)
    {
        if (textures.Count == 0)
            throw new EdgeSimException("No texture was given.", "Give at least one photograph.", ExitCode.Usage);
        (Width, Height) = size ?? (bundle.Manifest.DefaultWidth, bundle.Manifest.DefaultHeight);
        Photos = [.. textures.Select(ImageFile.Read)];
        StyleBaker baker = new(cacheFolder);
        using TextureEncoder encoder = new(bundle, threads);
        List<string> names = [];
        try
        {
            foreach (Frame photo in Photos)
            {
                names.Add(names.Contains(photo.Name!) ? $"{photo.Name} ({names.Count + 1})" : photo.Name!);
                BakedGraph graph = baker.Bake(bundle, encoder.Encode(photo, names[^1]), new BakeOptions(Width, Height) { Noise = noise });
                _translators.Add(new LiveTranslator(graph, FitPolicy.Letterbox, names[^1], threads));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        Names = names;
    }

    /// <summary>The network's picture width.</summary>
    public int Width { get; }

    /// <summary>The network's picture height.</summary>
    public int Height { get; }

    /// <summary>The photographs.</summary>
    public IReadOnlyList<Frame> Photos { get; }

    /// <summary>A name for each, no two alike.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Number of textures.</summary>
    public int Count => _translators.Count;

    /// <summary>The translator of a texture.</summary>
    /// <param name="texture">From 0.</param>
    public LiveTranslator this[int texture] => _translators[texture];

    /// <inheritdoc/>
    public void Dispose() => _translators.ForEach(translator => translator.Dispose());
}
