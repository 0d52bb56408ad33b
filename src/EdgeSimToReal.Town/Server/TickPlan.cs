using System.Buffers.Binary;
using System.Diagnostics;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Server.Streams;
using EdgeSimToReal.Town.World;

namespace EdgeSimToReal.Town.Server;

/// <summary>What one frame consists of: taken from the world under its gate, worked off without it. Reused.</summary>
internal sealed class TickPlan(SensorStream observer)
{
    private const uint MapChange = 1;

    private readonly List<PlacedActor> _placed = [];
    private WorldObserverHeader _header;
    private StreamMessage? _observation;
    private bool _hasMapOrigin;
    private ulong _observerType;

    public List<Shot> Shots { get; } = [];

    public ulong Frame { get; private set; }

    public double Elapsed { get; private set; }

    public Stage Stage { get; private set; } = null!;

    public WeatherParameters Weather { get; private set; } = null!;

    /// <summary>Whether any shot must be rendered.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Whether any shot needs the frame before.</summary>
    public bool HasFlow { get; private set; }

    /// <summary>Starts a new frame. Under the world's gate.</summary>
    public void Begin(TownWorld world)
    {
        Shots.Clear();
        (IsLive, HasFlow) = (false, false);
        Frame = world.Frame;
        Elapsed = world.Elapsed;
        Stage = world.Stage;
        Weather = world.Weather;
    }

    /// <summary>Adds a camera that has a subscriber. Under the world's gate.</summary>
    public void Add(WorldActor actor)
    {
        CameraFeed feed = actor.Feed!;
        Shots.Add(new Shot(feed, actor.Pose, actor.LastPose));
        if (feed.Reel is null)
        {
            IsLive = true;
            HasFlow |= feed.Setup.Kind == CameraKind.OpticalFlow;
        }
    }

    /// <summary>Brings the street to this frame's moment. Under the world's gate.</summary>
    public void Place(TownWorld world, double lastTime)
    {
        _placed.Clear();
        foreach (WorldActor actor in world.Actors)
        {
            if (ActorLook.IsShown(actor))
                _placed.Add(ActorLook.Place(actor));
        }
        Stage.Update(world.EpisodeTime, lastTime, _placed, HasFlow);
    }

    /// <summary>Notes every actor's state. Under the world's gate.</summary>
    public void Observe(TownWorld world, double delta, bool isMapChange)
    {
        ServerProfile profile = world.Profile;
        _hasMapOrigin = profile.HasMapOrigin;
        _observerType = (ulong)profile.WorldObserverType;
        _header = new WorldObserverHeader(world.EpisodeId, 0, (float)delta, SimulationState: isMapChange ? MapChange : 0);
        int head = WorldObserverHeader.SizeOf(_hasMapOrigin);
        int length = head + (world.Actors.Count * ActorState.SizeOf(profile.HasActorState));
        _observation = observer.Rent();
        world.WriteStates(_observation.OwnBody(length).AsSpan(head, length - head));
    }

    /// <summary>Sends the frame: its pictures are complete now, or are handed out now.</summary>
    /// <param name="waits">Whether to wait for slow sessions, see <see cref="SensorStream.Send"/>.</param>
    public void Publish(Func<bool> waits)
    {
        StreamMessage observation = _observation!;
        // A client on this machine observes capture to arrival from this stamp.
        double captured = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        (_header with { PlatformTimestamp = captured }).Write(observation.Body, _hasMapOrigin);
        Stamp(observation, _observerType, default);
        observer.Send(observation, waits);
        observation.Release();
        _observation = null;
        foreach (Shot shot in Shots)
        {
            if (shot.Feed.Message is not { } message)
                continue;
            shot.Feed.Message = null;
            shot.Feed.Stream.Send(message, waits);
            message.Release();
        }
    }

    /// <summary>Writes a picture's length and headers.</summary>
    public void StampPicture(StreamMessage message, CameraFeed feed, in Pose pose)
    {
        Stamp(message, feed.SensorType, pose, ImageHeader.Size);
        new ImageHeader((uint)feed.Setup.Width, (uint)feed.Setup.Height, feed.Setup.Fov)
            .Write(message.Head.AsSpan(SensorHeader.LengthSize + SensorHeader.Size));
    }

    private void Stamp(StreamMessage message, ulong type, in Pose pose, int more = 0)
    {
        message.HeadLength = SensorHeader.LengthSize + SensorHeader.Size + more;
        int length = message.HeadLength - SensorHeader.LengthSize + message.BodyLength;
        BinaryPrimitives.WriteInt32LittleEndian(message.Head, length);
        new SensorHeader(type, Frame, Elapsed, pose).Write(message.Head.AsSpan(SensorHeader.LengthSize));
    }
}
