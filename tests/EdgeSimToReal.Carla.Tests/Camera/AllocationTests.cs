using System.Net.Sockets;
using EdgeSimToReal.Carla.Camera;
using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Tests.Camera;

/// <summary>From the socket to the consumer not a byte of managed memory, on any thread.</summary>
[Collection(nameof(WholeProcessCollection))]
public class AllocationTests
{
    private const int Width = 128;
    private const int Height = 64;
    private const int WarmUp = 300;
    private const int Measured = 1200;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frames_OverAThousand_AllocateNothing(bool withTags)
    {
        using TestServer server = new();
        using CarlaCameraSource source = new(new CarlaCameraOptions
        {
            Client = new CarlaClientOptions { Port = server.Port },
            Width = Width,
            Height = Height,
            WithTags = withTags,
            FixedTransform = default(Transform),
            SensorTick = 0.05,
            Deadline = Timeout.InfiniteTimeSpan,
        });
        Socket rgb = server.Rgb();
        Socket? semantic = withTags ? server.Semantic() : null;
        Socket observer = server.Observer();
        byte[] image = server.Image(server.Profile.RgbType, 1, Width, Height);
        byte[] tags = server.Image(server.Profile.SemanticType, 1, Width, Height);
        byte[] world = server.World(1, 3);
        long before = 0;
        int lost = 0;
        for (int i = 1; i <= WarmUp + Measured; i++)
        {
            if (i == WarmUp)
                before = GC.GetTotalAllocatedBytes(true);
            BitConverter.TryWriteBytes(image.AsSpan(12), (ulong)i);
            BitConverter.TryWriteBytes(tags.AsSpan(12), (ulong)i);
            BitConverter.TryWriteBytes(world.AsSpan(12), (ulong)i);
            observer.Send(world.AsSpan());
            rgb.Send(image.AsSpan());
            semantic?.Send(tags.AsSpan());
            Frame frame = source.Take(CancellationToken.None)!;
            lost += frame.Id == (ulong)i ? 0 : 1;
            source.Return(frame);
        }
        long allocated = GC.GetTotalAllocatedBytes(true) - before;
        Assert.Equal(0, lost);
        Assert.Equal(0, allocated);
        Assert.Equal(0, source.Drops.Total);
    }
}
