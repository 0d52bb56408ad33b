namespace EdgeSimToReal.Training.Tests;

public sealed class CollectionPauseTests
{
    [Fact]
    public void NothingIsCollectedDuringSteps_AndMuchBetweenThem()
    {
        int inSteps = 0, before = GC.CollectionCount(0);
        for (int step = 0; step < 40; step++)
        {
            using (CollectionPause.Begin())
            {
                using IDisposable nested = CollectionPause.Begin();
                int collected = GC.CollectionCount(0);
                for (int i = 0; i < 100; i++)
                    GC.KeepAlive(new byte[100_000]); // 10 MB a step
                inSteps += GC.CollectionCount(0) - collected;
            }
        }
        Assert.Equal(0, inSteps);
        Assert.True(GC.CollectionCount(0) > before);
    }

    [Fact]
    public void WhatIsAllocatedBetweenSteps_TakesNothingFromThem()
    {
        int inSteps = 0;
        for (int step = 0; step < 6; step++)
        {
            using (CollectionPause.Begin())
            {
                int collected = GC.CollectionCount(0);
                for (int i = 0; i < 100; i++)
                    GC.KeepAlive(new byte[100_000]);
                inSteps += GC.CollectionCount(0) - collected;
            }
            for (int i = 0; i < 150; i++)
                GC.KeepAlive(new byte[1_000_000]);
        }
        Assert.Equal(0, inSteps);
    }

    [Fact]
    public void AStepThatAllocatesMoreThanAll_GoesOn_AndTheNextHaveRoom()
    {
        int[] collections = new int[4];
        for (int step = 0; step < collections.Length; step++)
        {
            using IDisposable pause = CollectionPause.Begin();
            int before = GC.CollectionCount(0);
            for (int i = 0; i < 300; i++)
                GC.KeepAlive(new byte[1_000_000]);
            collections[step] = GC.CollectionCount(0) - before;
        }
        Assert.True(collections[0] > 0);
        Assert.All(collections[1..], count => Assert.Equal(0, count));
    }
}
