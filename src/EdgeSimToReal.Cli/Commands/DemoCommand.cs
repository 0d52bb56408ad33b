using System.CommandLine;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Cli.Live;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Bundles;
using EdgeSimToReal.Runtime.Live;
using EdgeSimToReal.Runtime.Pixels;
using EdgeSimToReal.Runtime.Reports;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim demo`: the whole corridor on a machine with no GPU and no CARLA.</summary>
/// <remarks>
/// The Town is served on loopback, its camera is read over the CARLA protocol in synchronous mode, so that no frame is lost.
/// </remarks>
public static class DemoCommand
{
    private const int SheetColumns = 5;
    private const double Step = 1.0 / 15;

    public static Command Create()
    {
        Option<string> output = new("--output", "-o") { Description = "Folder of the results.", DefaultValueFactory = _ => "out" };
        Option<int> frames = new Option<int>("--frames", "-n")
        {
            Description = "Frames of the video.",
            DefaultValueFactory = _ => 180,
        }.AtLeast(1);
        Option<string> model = CommonOptions.Model();
        Option<ulong> seed = new("--seed") { Description = "Seed of the street.", DefaultValueFactory = _ => 1 };
        Command command = new("demo",
            "Drive through the built-in simulator and translate it: writes demo.mp4, contact-sheet.png and latency.json.")
        {
            output, frames, model, seed,
        };
        command.SetAction(parsed =>
        {
            ModelBundle bundle = ModelBundle.Load(parsed.GetValue(model)!);
            if (bundle.TextureNames.Count == 0)
            {
                throw new EdgeSimException($"The model '{bundle.Manifest.Name}' carries no textures.",
                    "Export it with --texture NAME=PHOTO.");
            }
            string folder = parsed.GetValue(output)!;
            using TownServer town = TownServer.Start(new TownServerOptions { Version = "0.9.16", Seed = parsed.GetValue(seed) });
            (ExitCode code, LatencyReport report) = Video(bundle, town, Path.Combine(folder, "demo.mp4"), parsed.GetValue(frames),
                Path.Combine(folder, "latency.json"));
            LiveRun.Show(report);
            if (code != ExitCode.Ok)
                return (int)code;
            string sheet = Path.Combine(folder, "contact-sheet.png");
            Sheet(bundle, town, sheet);
            Terminal.Note($"Look at {Path.Combine(folder, "demo.mp4")}, {sheet} and {Path.Combine(folder, "latency.json")}.");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static (ExitCode Code, LatencyReport Report) Video(ModelBundle bundle, TownServer town, string path, int frames,
        string reportPath)
    {
        using LiveTranslator translator = Translator(bundle, bundle.TextureNames[0]);
        using CarlaCameraSource source = Camera(bundle, town, Step);
        using VideoSink sink = new(path, 1 / Step, VideoLayout.SideBySide);
        return LiveRun.Run(source, translator, sink, path, frames, warmUp: 10, limit: null, reportPath);
    }

    // One column every few seconds of the drive: the simulator above, below it a row for each of the bundle's textures.
    private static void Sheet(ModelBundle bundle, TownServer town, string path)
    {
        const double secondsBetween = 4;
        List<Frame> scenes = [];
        using (CarlaCameraSource source = Camera(bundle, town, 0.5))
        {
            for (int i = 0; scenes.Count < SheetColumns && source.Take(CancellationToken.None) is { } frame; i++)
            {
                if (i % (int)(secondsBetween / 0.5) == 0)
                    scenes.Add(Copy(frame));
                source.Return(frame);
            }
        }
        ContactSheet sheet = new(bundle.Manifest.DefaultWidth, bundle.Manifest.DefaultHeight);
        sheet.BeginRow("simulator");
        scenes.ForEach(scene => sheet.Add(scene, $"frame {scene.Id}"));
        foreach (string texture in bundle.TextureNames)
        {
            using LiveTranslator translator = Translator(bundle, texture);
            sheet.BeginRow($"texture {texture}");
            scenes.ForEach(scene => sheet.Add(Copy(translator.Translate(scene, out _))));
        }
        sheet.Write(path);
    }

    private static LiveTranslator Translator(ModelBundle bundle, string texture)
    {
        BakedGraph graph = new StyleBaker(StyleBaker.DefaultCacheFolder).Bake(bundle, bundle.Texture(texture),
            new BakeOptions(bundle.Manifest.DefaultWidth, bundle.Manifest.DefaultHeight));
        return new LiveTranslator(graph, FitPolicy.Exact, $"{bundle.Manifest.Name} at {graph.Width}x{graph.Height}, texture {texture}");
    }

    private static CarlaCameraSource Camera(ModelBundle bundle, TownServer town, double step) => new(new CarlaCameraOptions
    {
        Client = new CarlaClientOptions { Port = town.Port },
        Width = bundle.Manifest.DefaultWidth,
        Height = bundle.Manifest.DefaultHeight,
        VehicleRole = TownServer.HeroRole,
        WithTags = bundle.ConditioningSpace is not null,
        Synchronous = true,
        FixedDeltaSeconds = step,
    });

    private static Frame Copy(Frame frame)
    {
        Frame copy = new(frame.Width, frame.Height, frame.HasTags) { TagSpace = frame.TagSpace };
        frame.Bgra.CopyTo(copy.Bgra, 0);
        frame.Tags.CopyTo(copy.Tags, 0);
        copy.CopyIdentityFrom(frame);
        return copy;
    }
}
