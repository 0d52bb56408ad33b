using System.Buffers.Binary;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Training.Watching;
using Tensorboard;

namespace EdgeSimToReal.Training.Tests.Watching;

/// <summary>TensorBoard's files, read back record by record with a CRC of our own.</summary>
public class EventFileTests
{
    [Fact]
    public void ScalarsAndPictures_ReachTheFile_AtOnce()
    {
        using TemporaryFolder folder = new();
        Frame picture = new(3, 2);
        picture.Bgra.AsSpan().Fill(200);
        using EventFile file = new(folder["events"], 0);
        file.Write(new MetricsLine(12, 96, 3.5, 27.5, 0.25, new Dictionary<string, double> { ["loss/l1"] = 0.125 }));
        file.Write(12, "samples", picture);
        List<Event> events = Read(Assert.Single(Directory.GetFiles(folder["events"]))); // while it is open
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal(4, events.Count);
        Assert.All(events, one => Assert.InRange(one.WallTime, 1.7e9, 1e11));
        Assert.Equal(12, events[2].Step);
        Assert.Equal([("loss/l1", 0.125f), ("run/imagesPerSecond", 27.5f), ("run/waiting", 0.25f)],
            events[2].Summary.Value.Select(value => (value.Tag, value.SimpleValue)));
        Summary.Types.Value image = Assert.Single(events[3].Summary.Value);
        Assert.Equal(("samples", 3, 2, 3), (image.Tag, image.Image.Width, image.Image.Height, image.Image.Colorspace));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], image.Image.EncodedImageString.ToByteArray()[..4]);
    }

    [Fact]
    public void AResumedRun_TellsWhichStepsAreForgotten_InANewFile()
    {
        using TemporaryFolder folder = new();
        new EventFile(folder.Path, 0).Dispose();
        Thread.Sleep(2); // file names have milliseconds
        new EventFile(folder.Path, 40).Dispose();
        string[] files = [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        Assert.All(files, file => Assert.Contains("tfevents", file));
        Event start = Read(files[1])[1];
        Assert.Equal((41, SessionLog.Types.SessionStatus.Start), (start.Step, start.SessionLog.Status));
    }

    private static List<Event> Read(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        List<Event> events = [];
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            AssertCrc(bytes, at, 8);
            AssertCrc(bytes, at + 12, length);
            events.Add(Event.Parser.ParseFrom(bytes, at + 12, length));
            at += 16 + length;
        }
        return events;
    }

    private static void AssertCrc(byte[] bytes, int start, int length)
    {
        uint crc = Crc(bytes.AsSpan(start, length)), masked = ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
        Assert.Equal(masked, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(start + length)));
    }

    // Bit by bit, with Castagnoli's polynomial reflected.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        }
        return ~crc;
    }
}
