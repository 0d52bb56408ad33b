using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Tests.Rendering;

public sealed class DeterminismTests
{
    private static readonly CameraView View = new(256, 128);

    [Fact]
    public void The_same_moment_gives_the_same_bytes_whatever_was_rendered_before()
    {
        TownScene again = new(new TownOptions { Seed = 1 });
        TownState state = new(Towns.Busy) { Time = 12 };
        Pose camera = Towns.Camera(Towns.Busy.EgoPose(12));
        Picture first = new Picture(View).Render(new TownRenderer(Towns.Busy), state, camera);

        TownRenderer worn = new(again);
        TownState other = new(again);
        foreach (double time in (double[])[100, 3, 55])
        {
            other.Time = time;
            new Picture(new CameraView(99, 61)).Render(worn, other, Towns.Camera(again.EgoPose(time)), weather: TownWeather.Sunset);
        }
        other.Time = 12;
        Picture second = new Picture(View).Render(worn, other, camera);

        Assert.Equal(first.Bgra, second.Bgra);
        Assert.Equal(first.Tags, second.Tags);
        Assert.Equal(first.Depth, second.Depth);
        Assert.Equal(first.Instances, second.Instances);
    }

    [Theory]
    [InlineData(256, 128)]
    [InlineData(97, 61)] // the last strip of rows is a short one
    [InlineData(40, 9)] // there is no second one
    public void The_number_of_threads_changes_no_byte(int width, int height)
    {
        int[] threads = [1, 2, 3];
        Picture[][] drives = [.. threads.Select(Drive)];
        for (int i = 0; i < drives[0].Length; i++)
        {
            Picture alone = drives[0][i];
            Assert.NotEqual(drives[0][0].Depth, drives[0][^1].Depth); // the drive gets somewhere
            foreach (Picture shared in drives.Skip(1).Select(drive => drive[i]))
            {
                Assert.Equal(alone.Bgra, shared.Bgra);
                Assert.Equal(alone.Tags, shared.Tags);
                Assert.Equal(alone.Depth, shared.Depth);
                Assert.Equal(alone.Instances, shared.Instances);
                Assert.Equal(alone.Flow, shared.Flow);
            }
        }

        Picture[] Drive(int count)
        {
            using RenderWorkers workers = new(count);
            TownRenderer renderer = new(Towns.Busy, workers);
            TownState state = new(Towns.Busy), last = new(Towns.Busy);
            TownWeather[] skies = [TownWeather.Clear, TownWeather.Rain, TownWeather.Sunset];
            List<Picture> pictures = [];
            for (int i = 0; i < 6; i++)
            {
                last.CopyFrom(state);
                Pose before = Towns.Camera(Towns.Busy.EgoPose(state.Time));
                state.Time = i * 1.5; // so far that both fields of shadows are drawn anew
                Pose now = Towns.Camera(Towns.Busy.EgoPose(state.Time));
                pictures.Add(new Picture(new CameraView(width, height)).Render(renderer, state, now, last, before, skies[i / 2]));
            }
            return [.. pictures];
        }
    }

    [Fact]
    public void Renderers_on_other_threads_give_the_same_bytes()
    {
        Pose camera = Towns.Camera(Towns.Busy.EgoPose(30));
        byte[][] pictures = new byte[3][];
        Parallel.For(0, pictures.Length, i =>
            pictures[i] = new Picture(View).Render(new TownRenderer(Towns.Busy), new TownState(Towns.Busy) { Time = 30 }, camera).Bgra);
        Assert.Equal(pictures[0], pictures[1]);
        Assert.Equal(pictures[0], pictures[2]);
    }

    [Fact]
    public void Another_seed_gives_another_town()
    {
        Picture a = new Picture(View).Render(new TownRenderer(Towns.Busy), new TownState(Towns.Busy), Towns.Camera(Towns.Busy.EgoPose(0)));
        Picture b = new Picture(View).Render(new TownRenderer(Towns.Empty), new TownState(Towns.Empty), Towns.Camera(Towns.Empty.EgoPose(0)));
        Assert.NotEqual(a.Tags, b.Tags);
    }

    [Fact]
    public void Weather_and_time_of_day_change_the_picture_but_no_label()
    {
        TownRenderer renderer = new(Towns.Busy);
        TownState state = new(Towns.Busy) { Time = 40 };
        Pose camera = Towns.Camera(Towns.Busy.EgoPose(40));
        Picture clear = new Picture(View).Render(renderer, state, camera);
        TownWeather[] others = [TownWeather.Overcast, TownWeather.Wet, TownWeather.Rain, TownWeather.Sunset, TownWeather.Clear with { FogDensity = 60 }];
        foreach (TownWeather weather in others)
        {
            Picture picture = new Picture(View).Render(renderer, state, camera, weather: weather);
            double difference = picture.Bgra.Zip(clear.Bgra, (a, b) => Math.Abs(a - b)).Average();
            Assert.True(difference > 3, $"{weather} differs by {difference} grey levels only.");
            Assert.Equal(clear.Tags, picture.Tags);
            Assert.Equal(clear.Depth, picture.Depth);
            Assert.Equal(clear.Instances, picture.Instances);
        }
    }
}
