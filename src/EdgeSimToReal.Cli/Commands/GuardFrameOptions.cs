using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation.Guarding;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>The options that name labelled frames and how they are translated, and what they load.</summary>
public sealed class GuardFrameOptions
{
    public Option<string> Frames { get; } = new("--frames", "-f")
    {
        Description = "Folder of labelled simulator frames that the guard's training did not see.",
        Required = true,
    };

    public Option<LabelSpace?> Labels { get; } = CommonOptions.Labels("--labels", "Their label space, where no manifest names it");

    public Option<int> Limit { get; } = new Option<int>("--limit", "-n")
    {
        Description = "The most frames, spread evenly over the folder; 0: all.",
        DefaultValueFactory = _ => 0,
    }.AtLeast(0);

    public Option<string[]> Texture { get; } = new("--texture", "-t")
    {
        Description = "Photographs, stored texture codes or names of the model's own textures; frames take them in turn "
            + "[all that the model carries].",
        AllowMultipleArgumentsPerToken = true,
    };

    public Option<(int Width, int Height)?> Size { get; } =
        CommonOptions.Size("--size", "The network's picture size, multiples of 16; by default the model's own.");

    public Option<bool> NoNoise { get; } = CommonOptions.NoNoise();

    public Option<int> Threads { get; } = CommonOptions.Threads();

    public Option<bool> NoCache { get; } = CommonOptions.NoCache();

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Frames, Labels, Limit, Texture, Size, NoNoise, Threads, NoCache })
            command.Options.Add(option);
    }

    public IReadOnlyList<TextureCode> LoadTextures(ParseResult parsed, ModelBundle bundle)
    {
        string[] given = parsed.GetValue(Texture) ?? [];
        IReadOnlyList<string> paths = given.Length > 0 ? given : bundle.TextureNames;
        if (paths.Count == 0)
            throw ModelOptions.NoTexture();
        return [.. paths.Select(path => ModelOptions.Load([path], bundle, parsed.GetValue(Threads)))];
    }

    public IReadOnlyList<LiveTranslator> LoadTranslators(ParseResult parsed, ModelBundle bundle, IEnumerable<TextureCode> textures)
    {
        (int width, int height) = PictureSize(parsed, bundle);
        StyleBaker baker = new(parsed.GetValue(NoCache) ? null : StyleBaker.DefaultCacheFolder);
        BakeOptions options = new(width, height) { Noise = !parsed.GetValue(NoNoise) };
        return [.. textures.Select(texture =>
            new LiveTranslator(baker.Bake(bundle, texture, options), FitPolicy.Letterbox, texture.Name, parsed.GetValue(Threads)))];
    }

    public (int Width, int Height) PictureSize(ParseResult parsed, ModelBundle bundle) =>
        parsed.GetValue(Size) ?? (bundle.Manifest.DefaultWidth, bundle.Manifest.DefaultHeight);

    public GuardFrames Open(ParseResult parsed, IReadOnlyList<LiveTranslator> translators) =>
        new(parsed.GetValue(Frames)!, parsed.GetValue(Labels), parsed.GetValue(Limit), translators);
}
