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
    private const int Frames = 1000;
    private const int Rounds = 4;
    private const int FrameOffset = 12; // of the frame's number in a message with its length

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
        long least = long.MaxValue;
        ulong id = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(true);
            for (int i = 0; i < Frames; i++)
            {
                id++;
                BitConverter.TryWriteBytes(image.AsSpan(FrameOffset), id);
                BitConverter.TryWriteBytes(tags.AsSpan(FrameOffset), id);
                BitConverter.TryWriteBytes(world.AsSpan(FrameOffset), id);
                observer.Send(world.AsSpan());
                rgb.Send(image.AsSpan());
                semantic?.Send(tags.AsSpan());
                Frame frame = source.Take(CancellationToken.None)!;
                Assert.True(frame.Id == id);
                source.Return(frame);
            }
            // The runtime itself allocates now and then (tiered compilation); what frames cost would show in every round.
            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
        }
        Assert.Equal(0, least);
        Assert.Equal(0, source.Drops.Total);
    }
}
