using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Networks;

namespace EdgeSimToReal.GpuCheck;

/// <summary>What is checked, and how long.</summary>
internal sealed record GpuCheckOptions
{
    /// <summary>Where the report goes; null: nowhere.</summary>
    public string? Json { get; init; }

    /// <summary>Folders of model bundles.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Presets of the latency table, of random weights.</summary>
    public IReadOnlyList<string> Presets { get; init; } = ["edge", "edge-pyramid", "full"];

    /// <summary>Picture sizes of the latency table.</summary>
    public IReadOnlyList<(int Width, int Height)> Sizes { get; init; } = [(512, 256), (1024, 512)];

    /// <summary>Frames that are measured per row.</summary>
    public int Frames { get; init; } = 300;

    /// <summary>Frames before them.</summary>
    public int WarmUp { get; init; } = 20;

    /// <summary>The pictures of the kernels' checks; null: 512x256.</summary>
    public (int Width, int Height)? KernelSize { get; init; }

    /// <summary>Bytes that are copied to measure the device's memory.</summary>
    public int CopyBytes { get; init; } = 256 << 20;

    /// <summary>Whether it is only looked whether there is a GPU that can be used.</summary>
    public bool Probe { get; init; }

    /// <summary>What the device test suites said of themselves: the summary of their run; null where they were not run.</summary>
    public string? Suites { get; init; }

    /// <summary>Whether ONNX Runtime tells which provider runs each operator, and why.</summary>
    public bool Verbose { get; init; }

    private const string Usage =
        "Use: [--json FILE] [--models FOLDER]... [--quick] [--presets edge,edge-pyramid,full] [--sizes 512x256,1024x512] [--suites SUMMARY] [--verbose]; or --probe.";

    /// <summary>Reads a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <exception cref="EdgeSimException">One is not known.</exception>
    public static GpuCheckOptions Parse(IReadOnlyList<string> args)
    {
        GpuCheckOptions options = new();
        List<string> models = [];
        for (int i = 0; i < args.Count; i++)
        {
            bool hasValue = i + 1 < args.Count;
            switch (args[i])
            {
                case "--json" when hasValue:
                    options = options with { Json = args[++i] };
                    break;
                case "--models" when hasValue:
                    models.Add(args[++i]);
                    break;
                case "--quick":
                    options = options with { Presets = ["edge"], Sizes = [(512, 256)], Frames = 60 };
                    break;
                case "--presets" when hasValue:
                    options = options with { Presets = args[++i].Split(',', StringSplitOptions.RemoveEmptyEntries) };
                    break;
                case "--sizes" when hasValue:
                    options = options with { Sizes = [.. args[++i].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Size)] };
                    break;
                case "--suites" when hasValue:
                    options = options with { Suites = args[++i] };
                    break;
                case "--probe":
                    options = options with { Probe = true };
                    break;
                case "--verbose":
                    options = options with { Verbose = true };
                    break;
                default:
                    throw new EdgeSimException($"The argument '{args[i]}' is not known, or lacks its value.",
                        Usage, ExitCode.Usage);
            }
        }
        options.CheckTable();
        return options with { Models = models };
    }

    // Told now rather than after minutes of checks.
    private void CheckTable()
    {
        foreach (string preset in Presets)
        {
            SaeConfiguration configuration = SaeConfiguration.Preset(preset);
            foreach ((int width, int height) in Sizes)
                configuration.CheckImageSize(height, width, texture: false);
        }
    }

    private static (int Width, int Height) Size(string text) =>
        text.Split('x') is [string width, string height] && int.TryParse(width, out int w) && int.TryParse(height, out int h) && w > 0 && h > 0
            ? (w, h) : throw new EdgeSimException($"'{text}' is no size.", Usage, ExitCode.Usage);
}
