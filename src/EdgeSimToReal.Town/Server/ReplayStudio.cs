using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.World;

namespace EdgeSimToReal.Town.Server;

/// <summary>Renders cameras' pictures beforehand, so that serving them costs no rendering.</summary>
/// <remarks>
/// A reel shows the drive of the Town's own car from the episode's start: a camera that is mounted on any vehicle rides along it, one
/// that stands free stays where it is while the traffic passes. Picture k of every reel shows the moment k + 1 steps into the episode.
/// RGB and semantic pictures of one view come from the same rendering.
/// </remarks>
/// <param name="world">The episode.</param>
/// <param name="count">Pictures a reel.</param>
/// <param name="rate">Pictures a simulated second.</param>
internal sealed class ReplayStudio(TownWorld world, int count, double rate)
{
    // A reel that does not fit is cut, for all cameras of that size alike.
    private const long LargestReel = 1L << 30;

    private readonly Lock _gate = new();
    private readonly Dictionary<ReelKey, ReplayReel> _reels = [];
    private Stage? _stage;
    private Stage? _source;

    /// <summary>Gives a camera its reel, rendering it if it is a new one.</summary>
    public void Load(WorldActor actor)
    {
        CameraFeed feed = actor.Feed!;
        Stage source;
        WeatherParameters weather;
        PlacedActor? carrier;
        Pose mount;
        lock (world.Gate)
        {
            (source, weather) = (world.Stage, world.Weather);
            carrier = FindCarrier(actor, out mount);
        }
        lock (_gate)
        {
            if (_source != source)
            {
                _reels.Clear();
                (_source, _stage) = (source, source.Restart());
            }
            CameraSetup setup = feed.Setup;
            ReelKey key = new(setup.Kind, setup.Width, setup.Height, setup.Fov, carrier, mount);
            if (!_reels.TryGetValue(key, out ReplayReel? reel))
            {
                Render(key, weather);
                reel = _reels[key];
            }
            feed.Reel = reel;
        }
    }

    /// <summary>Drops the reels of a street that is gone; cameras that still hold one keep it.</summary>
    public void Forget()
    {
        lock (_gate)
            _reels.Clear();
    }

    /// <summary>Where the camera sits on the vehicle that carries it, directly or over other actors; else its pose in the world.</summary>
    private static PlacedActor? FindCarrier(WorldActor actor, out Pose mount)
    {
        mount = actor.Pose;
        Pose relative = actor.Mount;
        for (WorldActor? parent = actor.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent.Blueprint.Kind == ActorKind.Vehicle)
            {
                mount = relative;
                return ActorLook.Place(parent) with { Pose = default, LastPose = default };
            }
            relative = PoseMath.Compose(parent.Mount, relative);
        }
        return null;
    }

    private void Render(ReelKey key, WeatherParameters weather)
    {
        // The two that are nearly always wanted together cost one rendering.
        CameraKind[] kinds = key.Kind is CameraKind.Rgb or CameraKind.Semantic ? [CameraKind.Rgb, CameraKind.Semantic] : [key.Kind];
        int pixels = key.Width * key.Height;
        int pictureLength = pixels * (key.Kind == CameraKind.OpticalFlow ? CameraFeed.FlowPixel : 4);
        int length = (int)Math.Clamp(LargestReel / pictureLength, 1, count);
        byte[][][] pictures = [.. kinds.Select(_ => new byte[length][])];
        Pose[] poses = new Pose[length];
        RenderTargets targets = new()
        {
            Bgra = kinds.Contains(CameraKind.Rgb) ? new byte[pixels * 4] : null,
            Tags = kinds.Contains(CameraKind.Semantic) || key.Kind == CameraKind.Instance ? new byte[pixels] : null,
            Instances = key.Kind == CameraKind.Instance ? new ushort[pixels] : null,
            Depth = key.Kind == CameraKind.Depth ? new float[pixels] : null,
            Flow = key.Kind == CameraKind.OpticalFlow ? new float[pixels * 2] : null,
        };
        CameraView view = new(key.Width, key.Height, key.Fov);
        List<PlacedActor> placed = [];
        double time = 0;
        for (int i = 0; i < length; i++)
        {
            double last = time;
            time += 1 / rate; // summed as the episode's time is, to the last bit
            (Pose now, Pose before) = (_stage!.HeroAt(time).Pose, _stage.HeroAt(last).Pose);
            placed.Clear();
            if (key.Carrier is { } carrier)
                placed.Add(carrier with { Pose = now, LastPose = before });
            poses[i] = PoseOf(key, now);
            _stage.Update(time, last, placed, targets.Flow is not null);
            _stage.Render(view, poses[i], PoseOf(key, before), weather, targets);
            for (int k = 0; k < kinds.Length; k++)
            {
                pictures[k][i] = new byte[pictureLength];
                ShotRenderer.Encode(kinds[k], targets, pictures[k][i]);
            }
        }
        for (int k = 0; k < kinds.Length; k++)
            _reels[key with { Kind = kinds[k] }] = new ReplayReel(pictures[k], poses);
    }

    private static Pose PoseOf(in ReelKey key, in Pose carrier) =>
        key.Carrier is null ? key.Pose : PoseMath.Compose(carrier, key.Pose);

    private readonly record struct ReelKey(CameraKind Kind, int Width, int Height, float Fov, PlacedActor? Carrier, Pose Pose);
}
