using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Imaging.Sources;

namespace EdgeSimToReal.Imaging.Tests;

public class VideoTests
{
    [Theory]
    [InlineData("v.mp4", 30, 1)]
    [InlineData("v.mp4", 29.97, 47)]
    [InlineData("v.m4v", 12.5, 20)]
    [InlineData("v.MOV", 60, 33)]
    [InlineData("v.mp4", 66.52877469298633, 40)] // measured rates, with more decimals than MPEG-4's clock has parts
    [InlineData("v.mov", 654.3211, 9)]
    [InlineData("v.mp4", 999.999, 3)]
    [InlineData("v.mp4", 0.751, 3)]
    [InlineData("v.avi", 25, 20)]
    [InlineData("v.avi", 73.30521, 5)]
    [InlineData("v.mkv", 119.8803, 5)]
    [InlineData("v.mkv", 30, 50)]
    [InlineData("v.mkv", 7, 1)]
    public void AVideo_RoundTrips_FramesRateAndColours(string name, double rate, int count)
    {
        using TemporaryFolder folder = new();
        Frame frame = new(160, 90);
        using (VideoSink sink = new(folder[name], rate))
        {
            for (int i = 0; i < count; i++)
            {
                TestFrames.Fill(frame, (byte)(40 + (3 * i)), 90, (byte)(220 - (2 * i)));
                sink.Write(frame, frame);
            }
            sink.Complete();
            Assert.Equal(count, sink.FramesWritten);
        }
        Assert.Equal([folder[name]], Directory.EnumerateFiles(folder.Path));
        using VideoSource source = new(folder[name]);
        Assert.Equal(count, source.FrameCount);
        Assert.Equal(rate, source.NominalRate, 0.01);
        int seen = 0;
        while (source.Take(default) is { } read)
        {
            Assert.Equal((160, 90, (ulong)seen), (read.Width, read.Height, read.Id));
            Assert.Equal(seen / rate, read.SimulatedTime, 0.001);
            (double b, double g, double r) = TestFrames.Mean(read, 0, 160);
            Assert.InRange(b, 32 + (3 * seen), 48 + (3 * seen));
            Assert.InRange(g, 82, 98);
            Assert.InRange(r, 212 - (2 * seen), 228 - (2 * seen));
            Assert.Equal(255, read.Bgra[3]);
            source.Return(read);
            seen++;
        }
        Assert.Equal(count, seen);
    }

    [Fact]
    public void Matroska_IsLossless()
    {
        using TemporaryFolder folder = new();
        Frame[] frames = [.. Enumerable.Range(0, 5).Select(seed => TestFrames.Noise(50, 34, seed))];
        using (VideoSink sink = new(folder["v.mkv"]))
        {
            foreach (Frame frame in frames)
                sink.Write(frame, frame);
            sink.Complete();
        }
        using VideoSource source = new(folder["v.mkv"]);
        foreach (Frame frame in frames)
            Assert.Equal(frame.Bgra, source.Take(default)!.Bgra);
    }

    [Fact]
    public void SideBySide_ShowsSimulatorLeftAndTranslationRight()
    {
        using TemporaryFolder folder = new();
        Frame simulator = TestFrames.Flat(64, 48, 200, 30, 30), translated = TestFrames.Flat(64, 48, 30, 30, 200);
        using (VideoSink sink = new(folder["v.mp4"], 25, VideoLayout.SideBySide))
        {
            for (int i = 0; i < 10; i++)
                sink.Write(simulator, translated);
            sink.Complete();
        }
        using VideoSource source = new(folder["v.mp4"]);
        Frame read = source.Take(default)!;
        Assert.Equal((128, 48), (read.Width, read.Height));
        (double leftB, _, double leftR) = TestFrames.Mean(read, 0, 60);
        (double rightB, _, double rightR) = TestFrames.Mean(read, 68, 128);
        Assert.InRange(leftB, 190, 210);
        Assert.InRange(leftR, 20, 40);
        Assert.InRange(rightB, 20, 40);
        Assert.InRange(rightR, 190, 210);
    }

    [Theory]
    [InlineData("v.mkv", 33, 21)]
    [InlineData("v.mp4", 17, 16)]
    [InlineData("v.avi", 16, 17)]
    public void OddSizes_RepeatTheirLastPixels(string name, int width, int height)
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(width, height, 3);
        using (VideoSink sink = new(folder[name]))
        {
            for (int i = 0; i < 3; i++)
                sink.Write(frame, frame);
            sink.Complete();
        }
        using VideoSource source = new(folder[name]);
        Frame read = source.Take(default)!;
        Assert.Equal((width + (width & 1), height + (height & 1)), (read.Width, read.Height));
        if (!name.EndsWith(".mkv", StringComparison.Ordinal))
            return;
        for (int y = 0; y < read.Height; y++)
        {
            for (int x = 0; x < read.Width; x++)
            {
                int from = ((Math.Min(y, height - 1) * width) + Math.Min(x, width - 1)) * 4;
                Assert.Equal(frame.Bgra.AsSpan(from, 3), read.Bgra.AsSpan(((y * read.Width) + x) * 4, 3));
            }
        }
    }

    [Fact]
    public void AnInterruptedVideo_IsValid()
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(64, 48, 1);
        using (VideoSink sink = new(folder["v.mp4"]))
        {
            for (int i = 0; i < 7; i++)
                sink.Write(frame, frame);
            Assert.Equal([folder["v.part.mp4"]], Directory.EnumerateFiles(folder.Path)); // no final name before the end
        }
        using VideoSource source = new(folder["v.mp4"]);
        Assert.Equal(7, source.FrameCount);
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void AVideoWithoutFrames_LeavesTheOldOneAlone()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["v.mp4"], "old");
        using (VideoSink sink = new(folder["v.mp4"]))
            Assert.Equal(ExitCode.Output, Assert.Throws<EdgeSimException>(sink.Complete).ExitCode);
        new VideoSink(folder["v.mp4"]).Dispose();
        Assert.Equal("old", File.ReadAllText(folder["v.mp4"]));
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void AFullDisk_EndsTheVideoInOrder_WithTheFramesSoFar()
    {
        using SmallDisk disk = new();
        using VideoSink sink = new(disk["v.mp4"]);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Frame frame = TestFrames.Noise(160, 96, i);
                sink.Write(frame, frame);
            }
        });
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Contains("full", error.Message);
        Assert.Contains($"after {sink.FramesWritten} frames", error.Message);
        Assert.InRange(sink.FramesWritten, 10, 1999);
        sink.Complete(); // a second ending says nothing more
        Assert.Equal([disk["v.mp4"]], Directory.EnumerateFiles(disk.Path));
        using VideoSource source = new(disk["v.mp4"]);
        long seen = 0;
        for (; source.Take(default) is { } read; seen++)
            source.Return(read);
        Assert.Equal(sink.FramesWritten, seen);
    }

    [Fact]
    public void ADiskThatIsFullFromTheStart_LeavesNothing()
    {
        using SmallDisk disk = new();
        disk.Fill();
        Frame frame = TestFrames.Noise(160, 96, 1);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() =>
        {
            using VideoSink sink = new(disk["v.mp4"]);
            sink.Write(frame, frame);
        });
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Equal([disk["filler"]], Directory.EnumerateFiles(disk.Path));
    }

    [Theory]
    [InlineData("v.mp4")]
    [InlineData("v.avi")]
    [InlineData("v.mkv")]
    public void ADiskFilledBehindTheSinksBack_IsFoundByCounting_AndLeavesNothing(string name)
    {
        using SmallDisk disk = new();
        using VideoSink sink = new(disk[name]);
        for (int i = 0; i < 20; i++)
        {
            Frame frame = TestFrames.Noise(64, 48, i);
            sink.Write(frame, frame);
        }
        disk.Fill();
        EdgeSimException error = Assert.Throws<EdgeSimException>(sink.Complete);
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Contains("of 20 frames can be read back", error.Message);
        Assert.Equal([disk["filler"]], Directory.EnumerateFiles(disk.Path));
    }

    [Fact]
    public void ASinkForWhatCantBe_SaysSo_BeforeAnyFrame()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["file"], "");
        AssertSinkError(folder["v.webm"], ".webm");
        AssertSinkError(folder["v"], "extension");
        AssertSinkError(Path.Combine(folder["file"], "v.mp4"), "Can't write");
        Directory.CreateDirectory(folder["d.mp4"]);
        AssertSinkError(folder["d.mp4"], "is a folder");
        Assert.Throws<EdgeSimException>(() => new VideoSink(folder["v.mp4"], double.NaN));
        Assert.Throws<EdgeSimException>(() => new VideoSink(folder["v.mp4"], -1));
    }

    [Fact]
    public void AFrameOfAnotherSize_IsRefused_AndTheVideoStaysValid()
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(64, 48, 1), other = TestFrames.Noise(64, 50, 1);
        using (VideoSink sink = new(folder["v.mp4"]))
        {
            sink.Write(frame, frame);
            Assert.Contains("64x50", Assert.Throws<EdgeSimException>(() => sink.Write(other, other)).Message);
        }
        using VideoSource source = new(folder["v.mp4"]);
        Assert.Equal(1, source.FrameCount);
    }

    [Fact]
    public void WhatIsNoVideo_SaysSo()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["empty.mp4"], "");
        File.WriteAllText(folder["text.mp4"], "this is a text");
        AssertSourceError(folder["none.mp4"], "There is no video");
        AssertSourceError(folder.Path, "is a folder");
        AssertSourceError(folder["empty.mp4"], "empty file");
        AssertSourceError(folder["text.mp4"], "is not a video");
        Frame frame = TestFrames.Noise(64, 48, 1);
        using (VideoSink sink = new(folder["v.mp4"]))
        {
            sink.Write(frame, frame);
            sink.Complete();
        }
        byte[] whole = File.ReadAllBytes(folder["v.mp4"]);
        File.WriteAllBytes(folder["cut.mp4"], whole[..(whole.Length / 2)]);
        AssertSourceError(folder["cut.mp4"], "is not a video");
    }

    [Fact]
    public void ACancelledVideo_GivesNull()
    {
        using TemporaryFolder folder = new();
        Frame frame = TestFrames.Noise(64, 48, 1);
        using (VideoSink sink = new(folder["v.mp4"]))
            sink.Write(frame, frame);
        using VideoSource source = new(folder["v.mp4"]);
        Assert.Null(source.Take(new CancellationToken(canceled: true)));
        Assert.NotNull(source.Take(default));
        Assert.Null(source.Take(default));
    }

    private static void AssertSinkError(string path, string part) =>
        Assert.Contains(part, Assert.Throws<EdgeSimException>(() => new VideoSink(path)).Message);

    private static void AssertSourceError(string path, string part)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => new VideoSource(path));
        Assert.Contains(part, error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }
}
