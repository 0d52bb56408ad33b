using System.Diagnostics;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>Pictures served from memory.</summary>
public sealed class ReplayTests(ITestOutputHelper output)
{
    private const int Count = 5;

    [Theory]
    [InlineData("rgb")]
    [InlineData("semantic_segmentation")]
    [InlineData("depth")]
    [InlineData("instance_segmentation")]
    [InlineData("optical_flow")]
    public void ReplayedPictures_AreTheLiveOnesAndRepeat(string kind)
    {
        byte[][] live = Take(kind, replay: 0, Count); // frames 2, 3, ...
        byte[][] replayed = Take(kind, Count, Count * 2);
        for (int i = 0; i < replayed.Length; i++)
        {
            // Frame f shows picture f mod N, and picture k the moment of live frame k + 1; live frame 1 was not taken.
            ulong frame = (ulong)i + 2;
            int liveFrame = (int)(frame % Count) + 1;
            Assert.Equal(frame, SensorHeader.Read(replayed[i]).Frame);
            Assert.Equal(PictureOf(replayed[i % Count]), PictureOf(replayed[i]));
            if (liveFrame == 1)
                continue;
            byte[] expected = live[liveFrame - 2];
            Assert.True(PictureOf(expected).SequenceEqual(PictureOf(replayed[i])), $"Picture of frame {frame}.");
            Assert.Equal(SensorHeader.Read(expected).Pose, SensorHeader.Read(replayed[i]).Pose);
        }
        Assert.False(PictureOf(live[0]).SequenceEqual(PictureOf(live[1])), "Nothing moved.");
    }

    [Fact]
    public void RgbAndSemantic_OfOneFrame_ShowTheSameMoment()
    {
        using TownRig rig = new(TownRig.Empty with { Replay = Count, Rate = 100 });
        long hero = rig.Hero();
        using RawStream rgb = new(rig.Town, rig.SpawnCamera("rgb", 64, 32, hero).Stream);
        using RawStream semantic = new(rig.Town, rig.SpawnCamera("semantic_segmentation", 64, 32, hero).Stream);
        byte[] colour = rgb.Next()!;
        byte[] tags = semantic.NextFrom(SensorHeader.Read(colour).Frame);
        colour = rgb.NextFrom(SensorHeader.Read(tags).Frame);
        if (SensorHeader.Read(colour).Frame != SensorHeader.Read(tags).Frame)
            tags = semantic.NextFrom(SensorHeader.Read(colour).Frame);
        Assert.Equal(SensorHeader.Read(colour) with { SensorType = 14 }, SensorHeader.Read(tags));
    }

    [Fact]
    public void Replay_AtItsRate_ReportsItsShareOfACore()
    {
        using TownRig rig = new(TownRig.Empty with { Replay = 8, Rate = 80 });
        using RawStream camera = new(rig.Town, rig.SpawnCamera("rgb", 512, 256).Stream);
        byte[] buffer = new byte[1 << 20];
        camera.Next();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        long bytes = 0;
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1))
            bytes += camera.Socket.Receive(buffer);
        double share = (Process.GetCurrentProcess().TotalProcessorTime - before) / Stopwatch.GetElapsedTime(start);
        double pictures = bytes / (64.0 + (512 * 256 * 4));
        output.WriteLine($"{pictures:0.0} pictures in a second; reader and other tests of this process included: {share:P1} of a core.");
        Assert.True(bytes > 0);
    }

    private static ReadOnlySpan<byte> PictureOf(byte[] message) => message.AsSpan(SensorHeader.Size);

    private static byte[][] Take(string kind, int replay, int count)
    {
        using TownRig rig = new(new TownServerOptions { StartSynchronous = true, Replay = replay, Vehicles = 20 });
        long parent = rig.Hero(); // ticks once
        using RawStream camera = rig.Listen(kind, 64, 32, parent);
        List<byte[]> taken = [];
        for (int i = 0; i < count; i++)
            taken.Add(camera.NextFrom(rig.Tick()));
        return [.. taken];
    }
}
