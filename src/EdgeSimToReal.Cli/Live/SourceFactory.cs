using System.CommandLine;
using System.Globalization;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging.Sources;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Cli.Live;

/// <summary>Opens the source that a command line names.</summary>
public static class SourceFactory
{
    private const string CarlaScheme = "carla://";
    internal const string TownScheme = "town://";
    private const int DefaultPort = 2000;

    /// <param name="parsed">The command line.</param>
    /// <param name="options">Its source options.</param>
    /// <param name="withTags">Whether a simulator's semantic camera is taken too.</param>
    public static IFrameSource Open(ParseResult parsed, SourceOptions options, bool withTags)
    {
        string source = parsed.GetValue(options.Source)!;
        if (source.StartsWith(CarlaScheme, StringComparison.Ordinal))
        {
            (string host, int port) = Address(source);
            return new CarlaCameraSource(Camera(parsed, options, host, port, withTags));
        }
        if (source.StartsWith(TownScheme, StringComparison.Ordinal))
        {
            TownServerOptions townOptions = new() { Seed = parsed.GetValue(options.Seed), Rate = parsed.GetValue(options.Rate) };
            TownServer town = TownServer.Start(townOptions);
            try
            {
                CarlaCameraOptions camera = Camera(parsed, options, "127.0.0.1", town.Port, withTags);
                // The Town's own car keeps its place in the traffic; one that is spawned knows nothing of the others.
                bool spawned = parsed.GetResult(options.Drive) is { Implicit: false } || parsed.GetResult(options.Blueprint) is { Implicit: false };
                if (camera.VehicleId is null && camera.VehicleRole is null && !spawned)
                    camera = camera with { VehicleRole = TownServer.HeroRole };
                return new TownSource(town, new CarlaCameraSource(camera));
            }
            catch
            {
                town.Dispose();
                throw;
            }
        }
        if (source == "-")
        {
            (int width, int height) = parsed.GetValue(options.Camera)
                ?? throw new EdgeSimException("Raw frames on standard input have no size of their own.", "Add --camera WIDTHxHEIGHT.",
                    ExitCode.Usage);
            return RawFrameSource.FromStandardInput(width, height, parsed.GetValue(options.Rate));
        }
        if (Directory.Exists(source) || Path.GetExtension(source).Equals(".jsonl", StringComparison.OrdinalIgnoreCase))
            return new ImageFolderSource(source, parsed.GetValue(options.Labels));
        if (File.Exists(source))
            return new VideoSource(source);
        throw new EdgeSimException($"There is no source '{source}'.",
            "Give carla://HOST:PORT, town://, a video, a folder of images, or - for raw frames.", ExitCode.BadInput);
    }

    private static CarlaCameraOptions Camera(ParseResult parsed, SourceOptions options, string host, int port, bool withTags)
    {
        (int width, int height) = parsed.GetValue(options.Camera) ?? (512, 256);
        string? attach = parsed.GetValue(options.Attach);
        bool isId = uint.TryParse(attach, NumberStyles.None, CultureInfo.InvariantCulture, out uint id);
        return new CarlaCameraOptions
        {
            Client = new CarlaClientOptions { Host = host, Port = port },
            Width = width,
            Height = height,
            FieldOfView = parsed.GetValue(options.FieldOfView),
            WithTags = withTags,
            VehicleId = isId ? id : null,
            VehicleRole = isId ? null : attach,
            VehicleBlueprint = parsed.GetValue(options.Blueprint)!,
            Drive = parsed.GetValue(options.Drive),
            Synchronous = parsed.GetValue(options.Synchronous),
            FixedDeltaSeconds = parsed.GetValue(options.Step),
            Deadline = parsed.GetValue(options.Deadline) is { } deadline ? TimeSpan.FromMilliseconds(deadline) : null,
            GiveUpAfter = TimeSpan.FromSeconds(parsed.GetValue(options.GiveUp)),
        };
    }

    /// <summary>Host and port of carla://HOST:PORT.</summary>
    /// <exception cref="EdgeSimException">It is no such address.</exception>
    internal static (string Host, int Port) Address(string source)
    {
        if (!source.StartsWith(CarlaScheme, StringComparison.Ordinal) || !Uri.TryCreate(source, UriKind.Absolute, out Uri? uri)
            || uri.Host.Length == 0 || uri.Port == 0 || uri.AbsolutePath is not ("" or "/"))
        {
            throw new EdgeSimException($"'{source}' is not an address.", "Write it as carla://HOST:PORT, e.g. carla://127.0.0.1:2000.",
                ExitCode.Usage);
        }
        return (uri.Host, uri.IsDefaultPort ? DefaultPort : uri.Port);
    }
}
