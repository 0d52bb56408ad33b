using System.CommandLine;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Cli.Commands;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Cli.Live;

/// <summary>The options that describe a frame source.</summary>
public sealed class SourceOptions
{
    public Argument<string> Source { get; } = new("source")
    {
        Description = "carla://HOST:PORT, town:// (the built-in simulator), a video, a folder of images, a labelled folder or manifest "
            + "(.jsonl), or - for raw BGRA frames on standard input.",
    };

    public Option<(int Width, int Height)?> Camera { get; } =
        CommonOptions.Size("--camera", "Picture size of the simulator's camera, or of raw frames on standard input [512x256].");

    public Option<double> FieldOfView { get; } = new Option<double>("--fov")
    {
        Description = "Horizontal field of view in degrees.",
        DefaultValueFactory = _ => 90,
    }.Between(1.0, 179.0);

    public Option<bool> Tags { get; } = new("--tags")
    {
        Description = "Also take the semantic camera: every frame comes with its labels. "
            + "A model that is conditioned on labels takes it by itself.",
    };

    public Option<string?> Attach { get; } = new("--attach")
    {
        Description = "Mount the camera on an existing vehicle: its role name or id. "
            + "By default a vehicle is spawned (with town://, the Town's own car is taken).",
    };

    public Option<DriveMode> Drive { get; } = CommonOptions.Choice("--drive", DriveMode.Transform,
        "How a spawned vehicle moves: transform (along the road, a step a tick), control (steered with physics), "
            + "trafficManager (one that runs already), none.");

    public Option<string> Blueprint { get; } = new("--vehicle")
    {
        Description = "What to spawn.",
        DefaultValueFactory = _ => "vehicle.tesla.model3",
    };

    public Option<bool> Synchronous { get; } = new("--sync")
    {
        Description = "Synchronous mode: the simulator waits for each translated frame, so that none is lost.",
    };

    public Option<double> Step { get; } = new Option<double>("--step")
    {
        Description = "Simulated seconds a step in synchronous mode.",
        DefaultValueFactory = _ => 0.05,
    }.Between(0.001, 1.0);

    public Option<double?> Deadline { get; } = new Option<double?>("--deadline")
    {
        Description = "Milliseconds beyond which a waiting frame is skipped for a newer one [1.5 frame periods].",
    }.AtLeast(0.0);

    public Option<double> GiveUp { get; } = new Option<double>("--give-up")
    {
        Description = "Seconds to wait for a simulator that has gone away.",
        DefaultValueFactory = _ => 60,
    }.Between(0.0, 1e6);

    public Option<LabelSpace?> Labels { get; } = CommonOptions.Labels("--labels", "Label space of a labelled folder");

    public Option<ulong> Seed { get; } = new("--seed")
    {
        Description = "Seed of the built-in simulator (town://).",
        DefaultValueFactory = _ => 1,
    };

    public Option<double> Rate { get; } = new Option<double>("--rate")
    {
        Description = "Frames a second of the built-in simulator (town://) or of raw frames.",
        DefaultValueFactory = _ => 30,
    }.Between(0.1, 1000.0);

    public void AddTo(Command command)
    {
        command.Arguments.Add(Source);
        foreach (Option option in new Option[]
            { Camera, FieldOfView, Tags, Attach, Drive, Blueprint, Synchronous, Step, Deadline, GiveUp, Labels, Seed, Rate })
        {
            command.Options.Add(option);
        }
    }
}
