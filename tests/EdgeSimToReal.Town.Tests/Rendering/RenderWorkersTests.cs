using EdgeSimToReal.Core;
using EdgeSimToReal.Town.Rendering;

namespace EdgeSimToReal.Town.Tests.Rendering;

public sealed class RenderWorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_piece_is_done_once_before_the_call_returns(int threads)
    {
        using RenderWorkers workers = new(threads);
        int[] done = new int[40];
        Action<int> job = piece => Interlocked.Increment(ref done[piece]);
        for (int round = 1; round <= 500; round++)
        {
            int count = 1 + (round % done.Length);
            Array.Clear(done);
            workers.Run(job, count);
            Assert.Equal(Enumerable.Repeat(1, count), done.Take(count));
            Assert.All(done.Skip(count), times => Assert.Equal(0, times));
        }
    }

    [Fact]
    public void Threads_work_at_the_same_time()
    {
        using RenderWorkers workers = new(3);
        using Barrier all = new(3);
        // Each of the three pieces waits for the other two.
        bool[] met = new bool[3];
        workers.Run(piece => met[piece] = all.SignalAndWait(TimeSpan.FromSeconds(60)), 3);
        Assert.All(met, Assert.True);
    }

    [Fact]
    public void Callers_take_turns()
    {
        using RenderWorkers workers = new(3);
        int[][] sums = [new int[1], new int[1], new int[1], new int[1]];
        Parallel.ForEach(sums, new ParallelOptions { MaxDegreeOfParallelism = 4 }, sum =>
        {
            for (int round = 0; round < 200; round++)
                workers.Run(piece => Interlocked.Add(ref sum[0], piece), 7);
        });
        Assert.All(sums, sum => Assert.Equal(200 * 21, sum[0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void What_a_piece_throws_reaches_the_caller_and_the_threads_go_on(int threads)
    {
        using RenderWorkers workers = new(threads);
        for (int round = 0; round < 20; round++)
        {
            FormatException error = Assert.Throws<FormatException>(() => workers.Run(ThrowAtFive, 6));
            Assert.Equal("five", error.Message);
        }
        int done = 0;
        workers.Run(_ => Interlocked.Increment(ref done), 6);
        Assert.Equal(6, done);

        static void ThrowAtFive(int piece)
        {
            if (piece == 5)
                throw new FormatException("five");
        }
    }

    [Fact]
    public void After_the_end_the_caller_works_alone()
    {
        RenderWorkers workers = new(3);
        workers.Dispose();
        HashSet<int> threads = [];
        workers.Run(_ => threads.Add(Environment.CurrentManagedThreadId), 9);
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        workers.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(RenderWorkers.Most + 1)]
    public void A_senseless_number_is_refused(int count) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<EdgeSimException>(() => new RenderWorkers(count)).ExitCode);
}
