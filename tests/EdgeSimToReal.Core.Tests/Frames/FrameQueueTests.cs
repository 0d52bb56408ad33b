using EdgeSimToReal.Core.Frames;
using FsCheck.Xunit;

namespace EdgeSimToReal.Core.Tests.Frames;

public class FrameQueueTests
{
    /// <summary>Any order of reads and takes on one thread against a plain list of what must wait.</summary>
    [Property(MaxTest = 300)]
    public void AnySequence_BehavesLikeAListThatDropsItsOldest(bool[] reads, byte capacitySeed)
    {
        int capacity = (capacitySeed % 4) + 1;
        using FrameQueue queue = new(capacity, deadline: null, () => new Frame(1, 1));
        List<ulong> model = [];
        ulong next = 1;
        long dropped = 0;
        foreach (bool read in reads)
        {
            if (read)
            {
                Frame frame = queue.BeginRead();
                frame.Id = next;
                queue.EndRead(frame);
                model.Add(next++);
                if (model.Count > capacity)
                {
                    model.RemoveAt(0);
                    dropped++;
                }
            }
            else if (model.Count > 0)
            {
                Frame frame = queue.Take(CancellationToken.None)!;
                Assert.Equal(model[0], frame.Id);
                Assert.True(frame.Stamps.Taken > 0);
                model.RemoveAt(0);
                queue.Return(frame);
            }
            Assert.Equal(dropped, queue.DroppedByFullQueue);
        }
        queue.Complete();
        foreach (ulong expected in model)
        {
            Frame frame = queue.Take(CancellationToken.None)!;
            Assert.Equal(expected, frame.Id);
            queue.Return(frame);
        }
        Assert.Null(queue.Take(CancellationToken.None));
    }

    /// <summary>Two threads at full speed: every frame is seen once or counted as dropped, in order, and whole.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void TwoThreads_LoseAndDuplicateNothing(int capacity, bool withDeadline)
    {
        const int Frames = 60_000;
        using FrameQueue queue = new(capacity, withDeadline ? TimeSpan.Zero : null, () => new Frame(4, 1));
        Thread reader = new(() =>
        {
            for (int i = 1; i <= Frames; i++)
            {
                Frame frame = queue.BeginRead();
                if (i % 5 == 0)
                {
                    queue.CancelRead(frame);
                    frame = queue.BeginRead();
                }
                Array.Fill(frame.Bgra, (byte)i);
                frame.Id = (ulong)i;
                frame.Stamps.LastByte = FrameStamps.Now;
                queue.EndRead(frame);
            }
            queue.Complete();
        });
        reader.Start();
        long seen = 0;
        ulong last = 0;
        while (queue.Take(CancellationToken.None) is { } frame)
        {
            Assert.True(frame.Id > last);
            Assert.True(frame.Bgra.AsSpan().IndexOfAnyExcept((byte)frame.Id) < 0);
            last = frame.Id;
            seen++;
            queue.Return(frame);
        }
        reader.Join();
        Assert.Equal((ulong)Frames, last); // the newest is never the one that is dropped
        Assert.Equal(Frames, seen + queue.DroppedByFullQueue + queue.DroppedByDeadline);
        Assert.True(withDeadline || queue.DroppedByDeadline == 0);
    }

    [Fact]
    public void ReaderFrames_ManyHeld_StillLeaveOneToRead()
    {
        using FrameQueue queue = new(capacity: 2, deadline: null, () => new Frame(1, 1), readerFrames: 4);
        HashSet<Frame> held = [];
        for (int round = 0; round < 50; round++)
        {
            Frame[] frames = [queue.BeginRead(), queue.BeginRead(), queue.BeginRead(), queue.BeginRead()];
            held.UnionWith(frames);
            Assert.Equal(4, frames.Distinct().Count());
            queue.EndRead(frames[0]);
            queue.EndRead(frames[1]);
            queue.CancelRead(frames[2]);
            queue.EndRead(frames[3]);
        }
        Assert.InRange(held.Count, 4, 7);
        Assert.Equal((50 * 3) - 2, queue.DroppedByFullQueue);
    }

    [Fact]
    public void Deadline_SkipsOnlyForSomethingNewer()
    {
        using FrameQueue queue = new(3, TimeSpan.FromMilliseconds(1), () => new Frame(1, 1));
        for (ulong id = 1; id <= 3; id++)
        {
            Frame frame = queue.BeginRead();
            frame.Id = id;
            frame.Stamps.LastByte = 1; // long ago
            queue.EndRead(frame);
        }
        Assert.Equal(3ul, queue.Take(CancellationToken.None)!.Id);
        Assert.Equal(2, queue.DroppedByDeadline);
    }

    [Fact]
    public void Take_WithTimeout_ReturnsNothingInTime()
    {
        using FrameQueue queue = new(1, null, () => new Frame(1, 1));
        Assert.Null(queue.Take(CancellationToken.None, TimeSpan.FromMilliseconds(20)));
        Assert.False(queue.IsCompleted);
    }

    [Fact]
    public void Failure_ReachesTheConsumerAfterTheWaitingFrames()
    {
        using FrameQueue queue = new(2, null, () => new Frame(1, 1));
        queue.EndRead(queue.BeginRead());
        queue.Complete(new EdgeSimException("gone"));
        Assert.NotNull(queue.Take(CancellationToken.None));
        Assert.Equal("gone", Assert.Throws<EdgeSimException>(() => queue.Take(CancellationToken.None)).Message);
    }
}
