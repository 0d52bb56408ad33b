using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Core.Frames;

/// <summary>One picture of a camera, with the tags of its pixels where the source has them.</summary>
/// <remarks>
/// Frames are rented once and reused: a source owns a few, hands one out with <see cref="IFrameSource.Take"/> and gets it back by
/// <see cref="IFrameSource.Return"/>. The pixel arrays are pinned, so native code may keep their addresses while the size holds.
/// </remarks>
public sealed class Frame
{
    /// <summary>Creates a frame of the given size, black, all bytes 0.</summary>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="withTags">Whether the frame also holds one tag a pixel.</param>
    public Frame(int width, int height, bool withTags = false) => Reshape(width, height, withTags);

    /// <summary>Width in pixels.</summary>
    public int Width { get; private set; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>Colour, bytes B, G, R, A, rows top to bottom without padding, [Height, Width, 4]; pinned. Alpha carries no meaning.</summary>
    public byte[] Bgra { get; private set; } = [];

    /// <summary>One label id a pixel, [Height, Width], in the space <see cref="TagSpace"/>; empty without tags; pinned.</summary>
    public byte[] Tags { get; private set; } = [];

    /// <summary>Whether <see cref="Tags"/> holds this frame's labels.</summary>
    public bool HasTags => Tags.Length > 0;

    /// <summary>The label space of <see cref="Tags"/>; null without tags.</summary>
    public LabelSpace? TagSpace { get; set; }

    /// <summary>The simulator's frame number; counts up, with gaps where frames were dropped.</summary>
    public ulong Id { get; set; }

    /// <summary>Simulated time in seconds; NaN where the source has none.</summary>
    public double SimulatedTime { get; set; } = double.NaN;

    /// <summary>Where the camera was.</summary>
    public Pose SensorPose { get; set; }

    /// <summary>A name for files made from this frame (no extension); null where the source has none.</summary>
    public string? Name { get; set; }

    /// <summary>When things happened to this frame.</summary>
#pragma warning disable CA1051 // A field, so that stages stamp it in place.
    public FrameStamps Stamps;
#pragma warning restore CA1051

    /// <summary>Number of pixels.</summary>
    public int PixelCount => Width * Height;

    /// <summary>Changes the size; allocates only when it differs from the present one. The content is undefined afterwards.</summary>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="withTags">Whether the frame also holds one tag a pixel.</param>
    public void Reshape(int width, int height, bool withTags = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        int pixels = checked(width * height);
        int bytes = checked(pixels * 4);
        if (Bgra.Length != bytes)
            Bgra = GC.AllocateArray<byte>(bytes, pinned: true);
        if (withTags != HasTags || (withTags && Tags.Length != pixels))
            Tags = withTags ? GC.AllocateArray<byte>(pixels, pinned: true) : [];
        Width = width;
        Height = height;
    }

    /// <summary>Copies number, time, pose, name and stamps (not pixels or tags) from another frame.</summary>
    /// <param name="other">The frame to copy from.</param>
    public void CopyIdentityFrom(Frame other)
    {
        Id = other.Id;
        SimulatedTime = other.SimulatedTime;
        SensorPose = other.SensorPose;
        Name = other.Name;
        Stamps = other.Stamps;
    }
}
