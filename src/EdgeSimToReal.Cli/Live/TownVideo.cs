using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Evaluation.Stability;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Cli.Live;

/// <summary>A drive through the built-in simulator with the exact motion of every pixel, rendered in place.</summary>
public static class TownVideo
{
    private const double Step = 1.0 / 20;
    private const float EyeHeight = 1.6f;

    public static StabilityVideo Create(int width, int height, int frames, ulong seed = 1) =>
        new($"drive through the Town of seed {seed}, {1 / Step:F0} frames a second, {width}x{height}", ExactFlow: true,
            Render(width, height, frames, seed), frames);

    private static IEnumerable<FlowFrame> Render(int width, int height, int frames, ulong seed)
    {
        TownScene scene = new(new TownOptions { Seed = seed });
        TownRenderer renderer = new(scene);
        CameraView view = new(width, height);
        TownState present = new(scene), previous = new(scene);
        Frame frame = new(width, height, withTags: true) { TagSpace = LabelSpaces.Carla29 };
        for (int i = 0; i < frames; i++)
        {
            (present.Time, previous.Time) = (i * Step, (i - 1) * Step);
            Pose eye = Eye(present), last = Eye(previous);
            float[] toPrevious = new float[2 * frame.PixelCount], toPresent = new float[2 * frame.PixelCount];
            RenderTargets targets = new() { Bgra = frame.Bgra, Tags = frame.Tags, TagSpace = frame.TagSpace, Flow = toPrevious };
            renderer.Render(present, TownWeather.Clear, eye, view, targets, previous, last);
            if (i > 0)
                renderer.Render(previous, TownWeather.Clear, last, view, new RenderTargets { Flow = toPresent }, present, eye);
            (frame.Id, frame.SimulatedTime) = ((ulong)i, present.Time);
            yield return new FlowFrame(frame, i > 0 ? new FlowPair(toPrevious, toPresent) : null);
        }

        Pose Eye(TownState state)
        {
            Pose vehicle = scene.EgoPose(state.Time);
            return vehicle with { Z = vehicle.Z + EyeHeight };
        }
    }
}
