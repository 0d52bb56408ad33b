using System.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Cuda;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>The options that choose a model, its texture and its size, and what they load.</summary>
public sealed class ModelOptions
{
    public Option<string> Model { get; } = CommonOptions.Model();

    public Option<string[]> Texture { get; } = CommonOptions.Texture();

    public Option<(int Width, int Height)?> Size { get; } =
        CommonOptions.Size("--size", "The network's picture size, multiples of 16; by default the model's own.");

    public Option<bool> NoNoise { get; } = CommonOptions.NoNoise();

    public Option<LivePrecision> Precision { get; } = CommonOptions.Choice("--precision", LivePrecision.Auto,
        "What the network computes with; auto: on a GPU fp16 where the model was measured for it, on the CPU bf16 where this processor is "
        + "faster with it (AMX), else fp32.");

    public Option<int> Threads { get; } = CommonOptions.Threads();

    public Option<bool> NoCache { get; } = CommonOptions.NoCache();

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Model, Texture, Size, NoNoise, Precision, Threads, NoCache })
            command.Options.Add(option);
    }

    /// <summary>The texture code of the photographs or stored codes that were given; several are averaged.</summary>
    public TextureCode LoadTexture(ParseResult parsed, ModelBundle bundle)
    {
        string[] paths = parsed.GetValue(Texture) ?? [];
        if (paths.Length == 0 && bundle.TextureNames.Count > 0)
            return bundle.Texture(bundle.TextureNames[0]);
        if (paths.Length == 0)
            throw NoTexture();
        return Load(paths, bundle, parsed.GetValue(Threads));
    }

    /// <summary>The error where neither the user nor the model has a texture.</summary>
    public static EdgeSimException NoTexture() =>
        new("No texture was given.", "Add --texture PHOTO: the photograph whose look is taken.", ExitCode.Usage);

    public static TextureCode Load(IReadOnlyList<string> paths, ModelBundle bundle, int threads)
    {
        List<TextureCode> codes = [];
        TextureEncoder? encoder = null;
        try
        {
            foreach (string path in paths)
            {
                if (bundle.TextureNames.Contains(path))
                {
                    codes.Add(bundle.Texture(path));
                    continue;
                }
                if (Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
                {
                    codes.Add(TextureCode.Read(path));
                    continue;
                }
                if (!Path.Exists(path))
                {
                    string own = bundle.TextureNames.Count == 0 ? "none" : string.Join(", ", bundle.TextureNames);
                    throw new EdgeSimException(
                        $"There is no texture '{path}': no such file, and the model '{bundle.Manifest.Name}' carries {own}.",
                        "Give a photograph, a stored code, or one of the model's names.");
                }
                Frame photo = ImageFile.Read(path);
                encoder ??= new TextureEncoder(bundle, threads);
                codes.Add(encoder.Encode(photo, Path.GetFileNameWithoutExtension(path)));
            }
        }
        finally
        {
            encoder?.Dispose();
        }
        return TextureCode.Average(codes);
    }

    /// <summary>The live graph in the precision that was chosen for it: for a GPU where it is told how to compute there, else for the CPU.</summary>
    public BakedGraph Bake(ParseResult parsed, ModelBundle bundle, TextureCode texture, LivePrecision precision,
        CudaSessionOptions? cuda = null)
    {
        (int width, int height) = parsed.GetValue(Size) ?? (bundle.Manifest.DefaultWidth, bundle.Manifest.DefaultHeight);
        StyleBaker baker = new(parsed.GetValue(NoCache) ? null : StyleBaker.DefaultCacheFolder);
        BakeOptions options = new(width, height) { Noise = !parsed.GetValue(NoNoise), Precision = precision };
        return baker.Bake(bundle, texture, cuda is null ? options : options.ForCuda(cuda));
    }
}
