using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Server.Streams;
using EdgeSimToReal.Town.World;

namespace EdgeSimToReal.Town.Server;

/// <summary>One camera's way from a picture to its stream; its buffers live as long as the camera.</summary>
internal sealed class CameraFeed(CameraSetup setup, SensorStream stream, ServerProfile profile)
{
    /// <summary>Bytes a pixel of optical flow: two float32.</summary>
    public const int FlowPixel = 8;

    private const int ColorPixel = 4;

    public CameraSetup Setup => setup;

    public SensorStream Stream => stream;

    /// <summary>Pictures rendered beforehand; null renders live.</summary>
    public ReplayReel? Reel { get; set; }

    /// <summary>Room for what a picture is made from, on the camera that leads a group of equal views.</summary>
    public RenderScratch Scratch { get; } = new();

    /// <summary>The message being made of the present frame.</summary>
    public StreamMessage? Message { get; set; }

    /// <summary>Number of this sensor in the version's registry.</summary>
    public ulong SensorType { get; } = (ulong)(setup.Kind switch
    {
        CameraKind.Rgb => profile.RgbType,
        CameraKind.Semantic => profile.SemanticType,
        CameraKind.Depth => profile.DepthType,
        CameraKind.Instance => profile.InstanceType!.Value,
        _ => profile.OpticalFlowType!.Value,
    });

    /// <summary>Bytes of a picture.</summary>
    public int PictureLength => setup.Width * setup.Height * (setup.Kind == CameraKind.OpticalFlow ? FlowPixel : ColorPixel);
}
