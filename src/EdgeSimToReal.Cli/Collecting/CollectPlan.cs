using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Core;
using EdgeSimToReal.Imaging.Filters;

namespace EdgeSimToReal.Cli.Collecting;

/// <summary>What to collect from a simulator: every map in every weather with every camera, by their shares.</summary>
public sealed record CollectPlan
{
    private const double PhysicsStep = 0.05; // seconds: CARLA's vehicles leave the road with steps beyond 0.1
    private const double LongestStep = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Chooses places and traffic.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Frames to keep in all.</summary>
    public int Frames { get; init; } = 1000;

    /// <summary>Pixels.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 256;

    /// <summary>The least simulated time between two frames that are looked at, seconds.</summary>
    public double Interval { get; init; } = 0.5;

    /// <summary>
    /// Simulated seconds a step in synchronous mode; null: the whole interval where everything is put where it goes, 0.05 where physics or
    /// somebody else drives.
    /// </summary>
    public double? Step { get; init; }

    /// <summary>Frames to keep before the vehicle starts from another place, with other traffic.</summary>
    public int FramesPerPlace { get; init; } = 100;

    /// <summary>Whether to store depth.</summary>
    public bool Depth { get; init; }

    /// <summary>Whether to store instances.</summary>
    public bool Instances { get; init; }

    /// <summary>Whether frames of both plans can lie in one folder.</summary>
    public bool GivesFramesLike(CollectPlan other) =>
        (Width, Height, Depth, Instances) == (other.Width, other.Height, other.Depth, other.Instances);

    /// <summary>Maps; none: the one that runs.</summary>
    public IReadOnlyList<PlanMap> Maps { get; init; } = [];

    /// <summary>Weathers; none: the present one.</summary>
    public IReadOnlyList<PlanWeather> Weathers { get; init; } = PlanWeather.DryDays;

    /// <summary>Cameras, at least one.</summary>
    public IReadOnlyList<PlanCamera> Cameras { get; init; } = [new()];

    /// <summary>What carries them.</summary>
    public PlanVehicle Vehicle { get; init; } = new();

    /// <summary>Who else is on the road; null: as usual, but with town:// nobody beside the Town's own traffic.</summary>
    public PlanTraffic? Traffic { get; init; }

    /// <summary>Which frames are kept.</summary>
    public FrameFilterOptions Filters { get; init; } = new();

    /// <summary>The step of synchronous mode, seconds.</summary>
    [JsonIgnore]
    public double StepSeconds => Step ?? (NeedsPhysics ? PhysicsStep : Math.Min(Interval, LongestStep));

    private bool NeedsPhysics => Vehicle.Attach is not null || Vehicle.Drive is DriveMode.Control or DriveMode.TrafficManager
        || Traffic is { Vehicles: > 0, Drive: DriveMode.Control or DriveMode.TrafficManager };

    /// <summary>Reads a plan.</summary>
    /// <param name="path">A JSON file.</param>
    /// <exception cref="EdgeSimException">It can't be read, or says what can't be.</exception>
    public static CollectPlan Read(string path)
    {
        try
        {
            CollectPlan plan = JsonSerializer.Deserialize<CollectPlan>(File.ReadAllText(path), Json)
                ?? throw new JsonException("it is null");
            plan.Validate();
            return plan;
        }
        catch (JsonException error)
        {
            throw new EdgeSimException($"'{path}' is no plan: {error.Message.TrimEnd('.')}.", "See 'edgesim collect --print-plan'.",
                ExitCode.BadInput, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the plan '{path}': {error.Message.TrimEnd('.')}.", "Give a JSON file.",
                ExitCode.BadInput, error);
        }
    }

    /// <summary>The plan as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <summary>
    /// The combinations with their numbers of frames, which sum to <see cref="Frames"/>; map by map, since loading one takes long.
    /// </summary>
    public PlanEntry[] Entries()
    {
        PlanMap?[] maps = Maps.Count == 0 ? [null] : [.. Maps];
        PlanWeather?[] weathers = Weathers.Count == 0 ? [null] : [.. Weathers];
        List<(PlanEntry Entry, double Share)> all = [];
        foreach (PlanMap? map in maps)
        {
            foreach (PlanWeather? weather in weathers)
            {
                foreach (PlanCamera camera in Cameras)
                    all.Add((new(map?.Name, weather, camera, 0), (map?.Share ?? 1) * (weather?.Share ?? 1) * camera.Share));
            }
        }
        // Rounding the running sum gives whole numbers that add up.
        double total = all.Sum(one => one.Share), sum = 0;
        int given = 0;
        PlanEntry[] entries = new PlanEntry[all.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            sum += all[i].Share;
            int upTo = (int)Math.Round(Frames * sum / total);
            entries[i] = all[i].Entry with { Frames = upTo - given };
            given = upTo;
        }
        return entries;
    }

    private void Validate()
    {
        Filters.Validate();
        Require(Frames >= 1, $"A plan of {Frames} frames collects nothing.", "Give 1 or more.");
        Require(FramesPerPlace >= 1, $"{FramesPerPlace} frames a place collect nothing.", "Give 1 or more.");
        Require(Interval is >= 0 and <= 60, $"An interval of {Interval} s makes no sense.", "Give 0 to 60.");
        Require(Step is null or (> 0 and <= LongestStep), $"A step of {Step} s makes no sense.", "Give one above 0 and up to 1.");
        Require(Cameras.Count > 0, "The plan has no camera.", "Name one at least.");
        string[] names = [.. Cameras.Select(camera => camera.Name), .. Weathers.Select(weather => weather.Name)];
        Require(Cameras.DistinctBy(camera => camera.Name).Count() == Cameras.Count
            && Weathers.DistinctBy(weather => weather.Name).Count() == Weathers.Count
            && Maps.DistinctBy(map => map.Name).Count() == Maps.Count, "Two maps, weathers or cameras of the plan have one name.",
            "Give each its own.");
        Require(names.All(name => name.Length > 0), "A weather or camera of the plan has no name.", "Give each one.");
        double[] shares = [.. Maps.Select(m => m.Share), .. Weathers.Select(w => w.Share), .. Cameras.Select(c => c.Share)];
        Require(shares.All(share => share is > 0 and < 1e9), "A share of the plan is not above 0.", "Leave out what is not wanted.");
    }

    private static void Require(bool condition, string what, string mend)
    {
        if (!condition)
            throw new EdgeSimException(what, mend);
    }
}
