using System.Globalization;
using System.Text.Json;
using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Imaging;
using EdgeSimToReal.Imaging.Preparation;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>Data sets from a simulator: whole, paired, and going on where a run ended, however it ended.</summary>
public sealed class CollectCommandTests : IDisposable
{
    private const int Width = 64;
    private const int Height = 32;

    /// <summary>Small pictures in the Town's own weather, with every frame kept.</summary>
    private const string Plain = """
        "width": 64, "height": 32, "weathers": [], "filters": { "minTraffic": 0, "minDistance": 0 }
        """;

    private const string HeroAlone = """
        "vehicle": { "attach": "hero" }, "traffic": { "vehicles": 0, "pedestrians": 0 }
        """;

    private readonly TemporaryFolder _folder = new();

    private string Output => _folder["set"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryPair_ShowsTheMomentThatItsLineSays(bool asynchronous)
    {
        string plan = WritePlan($$"""{ {{Plain}}, "frames": 12, "interval": 0.1 }""");
        string[] mode = asynchronous ? ["--async"] : [];
        JsonElement report = Report(Edgesim.Run(["collect", "town://", "--plan", plan, "-o", Output, "--seed", "3", "--json", .. mode]));
        Assert.Equal(12, report.GetProperty("kept").GetInt32());
        Assert.Equal(0, report.GetProperty("unpaired").GetInt32());
        IReadOnlyList<LabelManifestEntry> entries = AssertWhole(12);

        // The same street, drawn again at each line's time and place: image and labels must be these very ones.
        TownScene scene = new(new TownOptions { Seed = 3 });
        TownRenderer renderer = new(scene);
        TownState state = new(scene);
        Frame frame = new(Width, Height, withTags: true) { TagSpace = LabelSpaces.Carla29 };
        TownWeather weather = new() { Cloudiness = 10, SunAzimuthDegrees = 300, SunAltitudeDegrees = 45, FogDistance = 0.75f };
        foreach (LabelManifestEntry entry in entries)
        {
            state.Time = entry.Time!.Value;
            renderer.Render(state, weather, entry.Pose!.Value, new CameraView(Width, Height),
                new RenderTargets { Bgra = frame.Bgra, Tags = frame.Tags, TagSpace = frame.TagSpace });
            Assert.Equal(frame.Tags, LabelFile.Read(Path.Combine(Output, entry.Label!)).Ids);
            Frame image = ImageFile.Read(Path.Combine(Output, entry.Image));
            Assert.Equal(frame.Bgra.Where((_, i) => i % 4 < 3), image.Bgra.Where((_, i) => i % 4 < 3));
            Assert.Equal(("Town10HD_Opt", "roof", 1ul, "0.9.16", "carla29"),
                (entry.Map, entry.Camera, entry.Seed, entry.Simulator, entry.LabelSpace));
        }
    }

    [Fact]
    public void APlansShares_BecomeFrames_OnEachMapInEachWeatherWithEachCamera()
    {
        string plan = WritePlan("""
            {
              "width": 64, "height": 32, "frames": 12, "framesPerPlace": 3, "seed": 9, "depth": true, "instances": true,
              "maps": [{ "name": "Town10HD_Opt" }, { "name": "Town02" }],
              "weathers": [{ "name": "noon", "sunAltitudeAngle": 70 }],
              "cameras": [{ "name": "roof", "share": 2 }, { "name": "low", "z": 1.4, "x": 2.5, "fov": 70 }],
              "vehicle": { "blueprint": "vehicle.audi.tt" }, "traffic": { "vehicles": 6, "pedestrians": 4 },
              "filters": { "minTraffic": 0, "minDistance": 0 }
            }
            """);
        Edgesim.Run("collect", "town://", "--plan", plan, "-o", Output).Good();
        IReadOnlyList<LabelManifestEntry> entries = AssertWhole(12);
        Assert.Equal(
            [("Town02", "low", 2), ("Town02", "roof", 4), ("Town10HD_Opt", "low", 2), ("Town10HD_Opt", "roof", 4)],
            entries.GroupBy(entry => (entry.Map!, entry.Camera!))
                .Select(group => (group.Key.Item1, group.Key.Item2, group.Count())).Order());
        Assert.All(entries, entry => Assert.Equal(("noon", 9ul), (entry.Weather, entry.Seed)));
        foreach (LabelManifestEntry entry in entries)
        {
            byte[] tags = LabelFile.Read(Path.Combine(Output, entry.Label!)).Ids;
            ushort[] depth = Grey16File.Read(Path.Combine(Output, entry.Depth!)).Values;
            ushort[] instances = Grey16File.Read(Path.Combine(Output, entry.Instances!)).Values;
            const byte sky = 11;
            Assert.All(depth.Where((_, i) => tags[i] == sky), centimetres => Assert.Equal(ushort.MaxValue, centimetres));
            Assert.All(depth.Where((_, i) => tags[i] == 1), centimetres => Assert.InRange(centimetres, 50, 60000)); // road
            Assert.All(instances.Where((_, i) => tags[i] == sky), id => Assert.Equal(0, id));
        }
        Assert.Contains(entries, entry => Grey16File.Read(Path.Combine(Output, entry.Instances!)).Values.Any(id => id != 0));
    }

    [Fact]
    public void Filters_RejectByReason_AndTellIt()
    {
        // Frames a twentieth of a second apart resemble each other, and no frame is 99 % traffic.
        string plan = WritePlan("""
            { "width": 64, "height": 32, "frames": 2, "interval": 0.05, "framesPerPlace": 4, "weathers": [],
              "filters": { "minTraffic": 0, "minDistance": 18 } }
            """);
        JsonElement report = Report(Edgesim.Run("collect", "town://", "--plan", plan, "-o", Output, "--json"));
        Assert.True(report.GetProperty("rejected").GetProperty("nearDuplicate").GetInt32() > 0);
        Assert.True(report.GetProperty("kept").GetInt32() == 2);

        plan = WritePlan("""
            { "width": 64, "height": 32, "frames": 4, "framesPerPlace": 1, "weathers": [], "filters": { "minTraffic": 0.99 } }
            """);
        ProcessResult result = Edgesim.Run("collect", "town://", "--plan", plan, "-o", _folder["none"], "--json");
        report = Report(result);
        Assert.Equal(0, report.GetProperty("kept").GetInt32());
        Assert.Equal(4, report.GetProperty("lacking").EnumerateObject().Single().Value.GetInt32());
        Assert.True(report.GetProperty("rejected").GetProperty("littleTraffic").GetInt32() >= 6);
        Assert.Contains("warning:", result.Error);
    }

    [Fact]
    public void Killed_TheSetIsValid_AndResuming_FulfilsThePlan()
    {
        string plan = WritePlan($$"""
            { {{Plain}}, "frames": 120, "cameras": [{ "name": "a" }, { "name": "b", "yaw": 20 }], "framesPerPlace": 10 }
            """);
        using (ProgramProcess program = Edgesim.Start("collect", "town://", "--plan", plan, "-o", Output))
        {
            Until(() => Lines() >= 5 || program.HasEnded);
            program.Signal(9);
            program.End();
        }
        File.AppendAllText($"{Output}/manifest.jsonl", "{\"image\":\"images/0000"); // as a kill within a write leaves it
        int lines = Lines();
        Assert.InRange(lines, 5, 119);
        Assert.Empty(DataSetCheck.Run(Output).Problems);
        Edgesim.Run("prepare", "--check", Output).Good();
        Assert.Contains("holds a data set already",
            Edgesim.Run("collect", "town://", "--plan", plan, "-o", Output).OneError(ExitCode.Output));

        JsonElement report = Report(Edgesim.Run("collect", "town://", "--plan", plan, "-o", Output, "--resume", "--json"));
        Assert.Equal(120 - lines, report.GetProperty("kept").GetInt32());
        IReadOnlyList<LabelManifestEntry> entries = AssertWhole(120);
        Assert.Equal((60, 60), (entries.Count(entry => entry.Camera == "a"), entries.Count(entry => entry.Camera == "b")));
        report = Report(Edgesim.Run("collect", "town://", "--plan", plan, "-o", Output, "--resume", "--json"));
        Assert.Equal(0, report.GetProperty("kept").GetInt32());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public void Interrupted_TheSetIsValid_AndTheServerIsGivenBack(int signal)
    {
        using TownProcess town = new();
        string plan = WritePlan($$"""{ {{Plain}}, "frames": 100000, {{HeroAlone}} }""");
        using ProgramProcess program = Edgesim.Start("collect", town.Address, "--plan", plan, "-o", Output);
        Until(() => Lines() >= 3 || program.HasEnded);
        program.Signal(signal);
        ProcessResult result = program.End();
        Assert.True(result.Code == (int)ExitCode.Interrupted, result.Error);
        AssertWhole(Lines());
        // A frozen server would give this asynchronous client no frame.
        Edgesim.Run("translate", town.Address, "--camera", "64x64", "--passthrough", "-o", "none", "-n", "3", "--seconds", "30").Good();
    }

    [Fact]
    public void TheSimulatorIsStartedAnew_AndTheCollectionGoesOn()
    {
        string plan = WritePlan($$"""
            { {{Plain}}, "frames": 40, "framesPerPlace": 15, "maps": [{ "name": "Town02" }], {{HeroAlone}} }
            """);
        int port = FreePorts.Pair();
        ProgramProcess program;
        using (TownProcess first = new(port, "--seed", "2"))
        {
            program = Edgesim.Start("collect", first.Address, "--plan", plan, "-o", Output, "--json");
            Until(() => Lines() >= 5 || program.HasEnded);
            first.Crash();
        }
        using (program)
        using (new TownProcess(port, "--seed", "2"))
        {
            JsonElement report = Report(program.Finish());
            Assert.Equal(40, report.GetProperty("kept").GetInt32());
        }
        Assert.All(AssertWhole(40), entry => Assert.Equal("Town02", entry.Map));
    }

    [Fact]
    public void AFullDisk_EndsItWithAValidSet()
    {
        using SmallDisk disk = new();
        string plan = WritePlan("""{ "width": 256, "height": 128, "frames": 5000, "filters": { "minTraffic": 0, "minDistance": 0 } }""");
        ProcessResult result = Edgesim.Run("collect", "town://", "--plan", plan, "-o", disk["set"]);
        Assert.Contains("free space", result.OneError(ExitCode.Output));
        CheckReport report = DataSetCheck.Run(disk["set"]);
        Assert.True(report.Frames > 3);
        Assert.Empty(report.Problems);
    }

    [Fact]
    public void AWorldThatIsJoined_KeepsItsWeatherAndItsTime()
    {
        using TownProcess town = new("--rate", "60");
        string plan = WritePlan("""{ "width": 64, "height": 32, "interval": 0.05, "filters": { "minTraffic": 0, "minDistance": 0 } }""");
        Edgesim.Run("collect", town.Address, "--plan", plan, "-o", Output, "--join", "--attach", "hero", "-n", "4").Good();
        IReadOnlyList<LabelManifestEntry> entries = AssertWhole(4);
        Assert.All(entries, entry => Assert.NotEqual(0, entry.Pose!.Value.X));
        Assert.All(entries, entry => Assert.Null(entry.Weather)); // the plan's were not set
    }

    [Fact]
    public void Resuming_WithFramesOfAnotherKind_IsRefused()
    {
        string[] command = ["collect", "town://", "-o", Output, "-n", "3"];
        Edgesim.Run([.. command, "--plan", WritePlan($$"""{ {{Plain}} }""")]).Good();
        string before = File.ReadAllText($"{Output}/plan.json");
        string error = Edgesim.Run([.. command, "--resume", "--plan", WritePlan($$"""{ {{Plain}}, "depth": true }""")])
            .OneError(ExitCode.Output);
        Assert.Contains("another kind", error);
        Assert.Equal(before, File.ReadAllText($"{Output}/plan.json"));
        Assert.Equal(3, Lines());
    }

    [Theory]
    [InlineData("""{ "frames": 0 }""", "0 frames")]
    [InlineData("""{ "framez": 5 }""", "framez")]
    [InlineData("""{ "frames": """, "is no plan")]
    [InlineData("""{ "cameras": [] }""", "no camera")]
    [InlineData("""{ "weathers": [{ "name": "x" }, { "name": "x" }] }""", "one name")]
    [InlineData("""{ "maps": [{ "name": "Town01", "share": -1 }] }""", "share")]
    [InlineData("""{ "maps": [{ "name": "Atlantis" }] }""", "Town10HD_Opt")]
    [InlineData("""{ "filters": { "minTraffic": 7 } }""", "range")]
    [InlineData("""{ "traffic": { "drive": "fly" } }""", "traffic.drive")]
    public void AWrongPlan_IsTold(string plan, string expected) =>
        Assert.Contains(expected, Edgesim.Run("collect", "town://", "--plan", WritePlan(plan), "-o", Output).OneError(ExitCode.BadInput));

    [Fact]
    public void ThePrintedPlan_IsAPlan()
    {
        File.WriteAllText(_folder["plan.json"], Edgesim.Run("collect", "carla://127.0.0.1", "--print-plan").Good().Text);
        string again = Edgesim.Run("collect", "carla://127.0.0.1", "--plan", _folder["plan.json"], "--print-plan").Good().Text;
        Assert.Equal(File.ReadAllText(_folder["plan.json"]), again);
        foreach (string word in new[] { "\"noon\"", "\"overcast\"", "\"precipitation\": 0", "\"fogDensity\": 0", "\"minTraffic\"" })
            Assert.Contains(word, again);
    }

    private static void Until(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)), "It took too long.");

    private static JsonElement Report(ProcessResult result) => JsonDocument.Parse(result.Good().Text).RootElement;

    private int Lines() => File.Exists($"{Output}/manifest.jsonl") ? LabelManifest.Read($"{Output}/manifest.jsonl").Count : 0;

    private string WritePlan(string json)
    {
        string path = _folder[string.Create(CultureInfo.InvariantCulture, $"plan-{json.GetHashCode(StringComparison.Ordinal)}.json")];
        File.WriteAllText(path, json);
        return path;
    }

    private IReadOnlyList<LabelManifestEntry> AssertWhole(int frames)
    {
        CheckReport report = DataSetCheck.Run(Output);
        Assert.Empty(report.Problems);
        Assert.Equal(frames, report.Frames);
        return LabelManifest.Read($"{Output}/manifest.jsonl");
    }
}
