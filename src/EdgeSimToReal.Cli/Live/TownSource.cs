using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Cli.Live;

/// <summary>A camera in the built-in simulator, which runs in this process and is spoken to over the CARLA protocol on loopback.</summary>
public sealed class TownSource(TownServer town, CarlaCameraSource camera) : IFrameSource
{
    public string Description => $"the built-in Town as {camera.Description}";

    public double NominalRate => camera.NominalRate;

    public long? FrameCount => camera.FrameCount;

    public bool IsLive => camera.IsLive;

    public FrameDrops Drops => camera.Drops;

    public Frame? Take(CancellationToken cancellation) => camera.Take(cancellation);

    public void Return(Frame frame) => camera.Return(frame);

    public void Dispose()
    {
        camera.Dispose();
        town.Dispose();
    }
}
