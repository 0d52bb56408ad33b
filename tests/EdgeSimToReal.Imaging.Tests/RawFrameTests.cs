using System.IO.Pipes;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Imaging.Sinks;
using EdgeSimToReal.Imaging.Sources;
using Microsoft.Win32.SafeHandles;

namespace EdgeSimToReal.Imaging.Tests;

public class RawFrameTests
{
    [Fact]
    public void RawFrames_RoundTrip_ByteExactly()
    {
        Frame[] frames = [.. Enumerable.Range(0, 4).Select(seed => TestFrames.Noise(31, 17, seed))];
        MemoryStream stream = new();
        using RawFrameSink sink = new(stream);
        foreach (Frame frame in frames)
            sink.Write(frame, frame);
        sink.Complete();
        Assert.Equal(4 * 31 * 17 * 4, stream.Length);
        stream.Position = 0;
        using RawFrameSource source = new(new Dribble(stream), 31, 17, 25);
        Assert.Equal(25, source.NominalRate);
        for (int i = 0; i < 4; i++)
        {
            Frame read = source.Take(default)!;
            Assert.Equal((ulong)i, read.Id);
            Assert.Equal(frames[i].Bgra, read.Bgra);
            Assert.True(read.Stamps.FirstByte > 0 && read.Stamps.LastByte >= read.Stamps.FirstByte);
            source.Return(read);
        }
        Assert.Null(source.Take(default));
    }

    [Fact]
    public void AStreamThatEndsInsideAFrame_IsAnError()
    {
        using RawFrameSource source = new(new MemoryStream(new byte[(4 * 4 * 4) + 5]), 4, 4);
        Assert.NotNull(source.Take(default));
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => source.Take(default));
        Assert.Contains("frame 1: 5 of 64 bytes", error.Message);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }

    [Fact]
    public void AnEmptyStream_HasNoFrames()
    {
        using RawFrameSource source = new(new MemoryStream(), 4, 4);
        Assert.Null(source.Take(default));
    }

    [Fact]
    public void Cancelled_GivesNull()
    {
        using RawFrameSource source = new(new MemoryStream(new byte[64]), 4, 4);
        Assert.Null(source.Take(new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task APipe_GivesItsFrames_AndAWaitForMoreCanBeCancelled()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        using SafeFileHandle end = new(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        using RawFrameSource source = new(end, 64, 48);
        Frame sent = TestFrames.Noise(64, 48, 1);
        Task write = Task.Run(() => pipe.Write(sent.Bgra));
        Frame got = source.Take(default)!;
        await write;
        Assert.Equal(sent.Bgra, got.Bgra);
        source.Return(got);
        pipe.Write(sent.Bgra, 0, 1000); // a part of the next frame
        using CancellationTokenSource cancellation = new();
        Task<Frame?> wait = Task.Run(() => source.Take(cancellation.Token));
        await Task.Delay(50);
        Assert.False(wait.IsCompleted);
        await cancellation.CancelAsync();
        Assert.Null(await wait.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void APipeWhoseReaderHasGone_IsOneOutputError()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        using (AnonymousPipeClientStream reader = new(PipeDirection.In, pipe.ClientSafePipeHandle))
        {
            using RawFrameSink first = new(new Borrowed(pipe));
            Frame small = TestFrames.Noise(8, 8, 1);
            first.Write(small, small);
        }
        pipe.DisposeLocalCopyOfClientHandle();
        using RawFrameSink sink = new(new Borrowed(pipe), "pipe");
        Frame frame = TestFrames.Noise(64, 64, 1);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => sink.Write(frame, frame));
        Assert.Equal(ExitCode.Output, error.ExitCode);
        Assert.Contains("after 0 whole frames", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void AFullDevice_IsOneOutputError(int buffer)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using RawFrameSink sink = new(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.Write, buffer));
        Frame frame = TestFrames.Noise(64, 64, 1);
        EdgeSimException error = Assert.Throws<EdgeSimException>(() =>
        {
            sink.Write(frame, frame);
            sink.Complete();
        });
        Assert.Equal(ExitCode.Output, error.ExitCode);
    }

    /// <summary>A stream that gives a few bytes at a time, as pipes do.</summary>
    private sealed class Dribble(Stream inner) : Borrowed(inner)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 100)]);
    }

    private class Borrowed(Stream inner) : Stream
    {
        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
