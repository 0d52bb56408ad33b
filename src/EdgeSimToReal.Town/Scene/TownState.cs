using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Town.Scene;

/// <summary>The movable part of a town at one moment: its own traffic, which follows from the time alone, and the caller's actors.</summary>
/// <remarks>
/// Not thread-safe. Two states (one kept with <see cref="CopyFrom"/>) give a renderer the motion between two frames. Instance ids:
/// the caller's actors 1..<see cref="MaximumActorId"/> as chosen, the town's traffic from <see cref="FirstTrafficId"/>, static objects
/// from <see cref="FirstStaticId"/>; 0 for ground and sky. Setting the time and moving actors allocate nothing.
/// </remarks>
public sealed class TownState
{
    /// <summary>The largest id of a caller's actor.</summary>
    public const int MaximumActorId = 16383;

    /// <summary>Id of the town's first own vehicle or person.</summary>
    public const int FirstTrafficId = 16384;

    /// <summary>Id of the first thing that never moves.</summary>
    public const int FirstStaticId = 18432;

    private TownActor[] _actors;
    private double _time;

    /// <summary>Creates the state at time 0.</summary>
    /// <param name="scene">The town.</param>
    public TownState(TownScene scene)
    {
        Scene = scene;
        _actors = new TownActor[scene.Traffic.Count + 16];
        Count = scene.Traffic.Count;
        scene.Traffic.Fill(0, _actors);
    }

    /// <summary>The town that this is a state of.</summary>
    public TownScene Scene { get; }

    /// <summary>Simulated seconds; setting it moves the town's own traffic. Any order of times gives the same pictures.</summary>
    public double Time
    {
        get => _time;
        set
        {
            if (!double.IsFinite(value))
                throw new EdgeSimException($"A town has no state at the time {value}.", "Give a finite number of seconds.");
            _time = value;
            Scene.Traffic.Fill(value, _actors);
        }
    }

    /// <summary>All actors: first the town's traffic, then the caller's. Valid until the next change.</summary>
    public ReadOnlySpan<TownActor> Actors => _actors.AsSpan(0, Count);

    private int Count { get; set; }

    /// <summary>Puts a new actor into the town.</summary>
    /// <param name="id">1..<see cref="MaximumActorId"/>, not yet in use.</param>
    /// <param name="model">Its shape.</param>
    /// <param name="pose">The ground below its middle.</param>
    /// <param name="colour">Paint or clothes, sRGB 0xRRGGBB.</param>
    /// <exception cref="EdgeSimException">The id is out of range or taken.</exception>
    public void AddActor(int id, ActorModel model, in Pose pose, uint colour = 0x8A1C1C)
    {
        if (id is < 1 or > MaximumActorId)
            throw new EdgeSimException($"Actor id {id} is out of range.", $"Choose 1 to {MaximumActorId}.");
        if (!Enum.IsDefined(model))
            throw new EdgeSimException($"There is no actor model {(int)model}.", "Choose a member of ActorModel.");
        if (Find(id) >= 0)
            throw new EdgeSimException($"Actor id {id} is taken.", "Remove that actor or choose another id.");
        if (Count == _actors.Length)
            Array.Resize(ref _actors, Count * 2);
        _actors[Count++] = new TownActor((ushort)id, model, colour, pose, 0, 0);
    }

    /// <summary>Moves one of the caller's actors; the way counts as travelled.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="pose">The ground below its middle.</param>
    /// <returns>Whether there is such an actor.</returns>
    public bool MoveActor(int id, in Pose pose)
    {
        int index = Find(id);
        if (index < 0)
            return false;
        ref TownActor actor = ref _actors[index];
        Pose old = actor.Pose;
        Affine place = Affine.From(old);
        var step = new System.Numerics.Vector3(pose.X - old.X, pose.Y - old.Y, pose.Z - old.Z);
        actor = actor with { Pose = pose, Travelled = actor.Travelled + StableMath.Dot(step, place.Forward) };
        return true;
    }

    /// <summary>Takes one of the caller's actors away.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>Whether there was such an actor.</returns>
    public bool RemoveActor(int id)
    {
        int index = Find(id);
        if (index < 0)
            return false;
        _actors.AsSpan(index + 1, Count - index - 1).CopyTo(_actors.AsSpan(index));
        Count--;
        return true;
    }

    /// <summary>Makes this state equal to another of the same town; allocates only when that one has more actors than ever before.</summary>
    /// <param name="other">The state to copy.</param>
    /// <exception cref="EdgeSimException">It belongs to another town.</exception>
    public void CopyFrom(TownState other)
    {
        if (other.Scene != Scene)
            throw new EdgeSimException("The two states belong to different towns.", "Create both from the same TownScene.");
        if (_actors.Length < other.Count)
            _actors = new TownActor[other._actors.Length];
        other.Actors.CopyTo(_actors);
        Count = other.Count;
        _time = other._time;
    }

    /// <summary>Index of the actor with an id (traffic or the caller's), or -1.</summary>
    internal int FindAny(ushort id, int likely)
    {
        if (likely < Count && _actors[likely].Id == id)
            return likely;
        if (id >= FirstTrafficId)
            return id - FirstTrafficId < Scene.Traffic.Count ? id - FirstTrafficId : -1;
        return Find(id);
    }

    private int Find(int id)
    {
        for (int i = Scene.Traffic.Count; i < Count; i++)
        {
            if (_actors[i].Id == id)
                return i;
        }
        return -1;
    }
}
