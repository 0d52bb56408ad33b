using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Core.Labels;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Tests.Rendering;

public sealed class PictureTests
{
    private static readonly CameraView View = new(512, 256);

    [Fact]
    public void A_known_box_is_where_it_must_be()
    {
        TownState state = new(Towns.Empty);
        Pose road = Towns.Empty.Path.PoseAt(30), eye = road with { Z = 2 }, truck = Towns.Empty.Path.PoseAt(50);
        state.AddActor(9, ActorModel.Truck, truck);
        Picture picture = new Picture(View).Render(new TownRenderer(Towns.Empty), state, eye);
        // The truck's box: its rear 4.08 m behind the middle, 1.22 m to each side, from 1.0 to 3.3 m up.
        double distance = Math.Sqrt(Math.Pow(truck.X - road.X, 2) + Math.Pow(truck.Y - road.Y, 2)) - 4.08, f = View.FocalLength;
        int left = (int)Math.Ceiling(256 - (1.22 / distance * f) - 0.5), right = (int)Math.Floor(256 + (1.22 / distance * f) - 0.5);
        int top = (int)Math.Ceiling(128 - (1.3 / distance * f) - 0.5), bottom = (int)Math.Floor(128 + (1.0 / distance * f) - 0.5);
        for (int y = top + 1; y < bottom; y++)
        {
            for (int x = left + 1; x < right; x++)
            {
                int pixel = picture.At(x, y);
                Assert.Equal((byte)TownTag.Truck, picture.Tags[pixel]);
                Assert.Equal(9, picture.Instances[pixel]);
                Assert.Equal((float)distance, picture.Depth[pixel], 0.02f);
            }
            Assert.NotEqual(9, picture.Instances[picture.At(left - 2, y)]);
            Assert.NotEqual(9, picture.Instances[picture.At(right + 2, y)]);
        }
        for (int x = left; x < right; x++)
            Assert.NotEqual(9, picture.Instances[picture.At(x, top - 2)]);
        // The box is pale and its surroundings are not of one colour: the picture shows it at the same place.
        Assert.True(picture.Bgra[picture.At(left + 3, 118) * 4] > 60);
    }

    [Fact]
    public void Depth_and_labels_are_those_of_the_same_surface()
    {
        Picture picture = new Picture(View).Render(new TownRenderer(Towns.Busy), new TownState(Towns.Busy) { Time = 20 }, Towns.Camera(Towns.Busy.EgoPose(20)));
        for (int i = 0; i < picture.Tags.Length; i++)
        {
            // The hills around the town reach beyond what a depth pixel can say.
            bool far = (TownTag)picture.Tags[i] is TownTag.Sky or TownTag.Vegetation;
            Assert.True(picture.Depth[i] < DepthEncoding.FarMetres || far);
            Assert.True(picture.Depth[i] == DepthEncoding.FarMetres || picture.Tags[i] != (byte)TownTag.Sky);
            bool actor = (TownTag)picture.Tags[i] is TownTag.Car or TownTag.Truck or TownTag.Bus or TownTag.Pedestrian or TownTag.Rider;
            Assert.True(!actor || picture.Instances[i] > 0);
        }
    }

    [Fact]
    public void Both_tag_schemes_are_the_same_Common16_picture()
    {
        TownRenderer renderer = new(Towns.Busy);
        TownState state = new(Towns.Busy);
        foreach (double time in (double[])[0, 33, 71, 120])
        {
            state.Time = time;
            Pose camera = Towns.Camera(Towns.Busy.EgoPose(time));
            byte[] old = new Picture(View, LabelSpaces.Carla23).Render(renderer, state, camera).Tags;
            byte[] recent = new Picture(View, LabelSpaces.Carla29).Render(renderer, state, camera).Tags;
            Assert.NotEqual(old, recent);
            LabelRemap.Between(LabelSpaces.Carla23, LabelSpaces.Common16).Apply(old, old);
            LabelRemap.Between(LabelSpaces.Carla29, LabelSpaces.Common16).Apply(recent, recent);
            Assert.Equal(old, recent);
            Assert.DoesNotContain(LabelSpace.Ignore, old);
        }
    }

    [Fact]
    public void A_drive_shows_every_class_in_plausible_shares()
    {
        TownRenderer renderer = new(Towns.Busy);
        TownState state = new(Towns.Busy);
        Picture picture = new(new CameraView(256, 128));
        var seen = new HashSet<TownTag>();
        (double road, double sky, double vehicles, double people) = (0, 0, 0, 0);
        const int Frames = 48;
        for (int i = 0; i < Frames; i++)
        {
            state.Time = i * 5.7;
            picture.Render(renderer, state, Towns.Camera(Towns.Busy.EgoPose(state.Time)));
            seen.UnionWith(picture.Tags.Select(tag => (TownTag)tag));
            road += picture.Share(TownTag.Road, TownTag.RoadLine) / Frames;
            sky += picture.Share(TownTag.Sky) / Frames;
            vehicles += picture.Share(TownTag.Car, TownTag.Truck, TownTag.Bus, TownTag.Motorcycle, TownTag.Bicycle) / Frames;
            people += picture.Share(TownTag.Pedestrian, TownTag.Rider) / Frames;
        }
        TownTag[] wanted =
        [
            TownTag.Road, TownTag.RoadLine, TownTag.Sidewalk, TownTag.Building, TownTag.Wall, TownTag.Fence, TownTag.Pole, TownTag.TrafficLight,
            TownTag.TrafficSign, TownTag.Vegetation, TownTag.Terrain, TownTag.Sky, TownTag.Pedestrian, TownTag.Rider, TownTag.Car, TownTag.Truck,
            TownTag.Static, TownTag.Dynamic,
        ];
        Assert.Empty(wanted.Except(seen));
        Assert.InRange(road, 0.25, 0.5);
        Assert.InRange(sky, 0.08, 0.5);
        Assert.InRange(vehicles, 0.005, 0.2);
        Assert.InRange(people, 0.0003, 0.05);
    }

    [Theory]
    [InlineData(333, 187)]
    [InlineData(1, 1)]
    [InlineData(17, 5)]
    [InlineData(2, 300)]
    public void Odd_sizes_work(int width, int height)
    {
        Picture picture = new Picture(new CameraView(width, height, 70))
            .Render(new TownRenderer(Towns.Busy), new TownState(Towns.Busy) { Time = 8 }, Towns.Camera(Towns.Busy.EgoPose(8)), weather: TownWeather.Rain);
        for (int i = 0; i < width * height; i++)
            Assert.Equal(255, picture.Bgra[(i * 4) + 3]);
        if (width > 100)
            Assert.True(picture.Share(TownTag.Road) > 0.1);
    }

    [Fact]
    public void Only_the_wanted_outputs_are_written()
    {
        var targets = new RenderTargets { Depth = new float[512 * 256] };
        new TownRenderer(Towns.Empty).Render(new TownState(Towns.Empty), TownWeather.Clear, Towns.Camera(Towns.Empty.EgoPose(0)), View, targets);
        Assert.Contains(targets.Depth, metres => metres is > 1 and < 100);
        Assert.Null(targets.Bgra);
    }

    [Fact]
    public void Bad_requests_name_what_is_wrong()
    {
        TownRenderer renderer = new(Towns.Empty);
        TownState state = new(Towns.Empty), foreign = new(Towns.Busy);
        var small = new RenderTargets { Tags = new byte[10] };
        EdgeSimException buffer = Assert.Throws<EdgeSimException>(() => renderer.Render(state, TownWeather.Clear, default, View, small));
        Assert.Contains("Tags has 10 elements", buffer.Message);
        Assert.Throws<EdgeSimException>(() => renderer.Render(foreign, TownWeather.Clear, default, View, new RenderTargets()));
        Assert.Throws<EdgeSimException>(() => renderer.Render(state, TownWeather.Clear, default, default, new RenderTargets()));
        Assert.Throws<EdgeSimException>(() => TagTables.For(LabelSpaces.CamVid11).ToArray());
        Assert.Throws<EdgeSimException>(() => new CameraView(0, 5));
        Assert.Throws<EdgeSimException>(() => new CameraView(5, 5, float.NaN));
        Assert.Throws<EdgeSimException>(() => new TownScene(new TownOptions { Vehicles = -1 }));
    }

    [Fact]
    public void Depth_pixels_follow_CARLAs_formula()
    {
        float[] metres = [0, 0.5f, 12.34f, 999.9f, 5000];
        byte[] pixels = new byte[metres.Length * 4];
        DepthEncoding.Encode(metres, pixels);
        for (int i = 0; i < metres.Length; i++)
            Assert.Equal(Math.Min(metres[i], 1000), DepthEncoding.Decode(pixels[i * 4], pixels[(i * 4) + 1], pixels[(i * 4) + 2]), 0.0001f);
    }
}
