using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Tests.Rendering;

public sealed class FlowTests
{
    private static readonly CameraView View = new(320, 160);

    [Fact]
    public void Nothing_moves_where_nothing_moves()
    {
        TownState state = new(Towns.Empty), later = new(Towns.Empty) { Time = 5 };
        Pose camera = Towns.Camera(Towns.Empty.EgoPose(0)) with { Pitch = -3, Roll = 1 };
        Picture picture = new Picture(View).Render(new TownRenderer(Towns.Empty), later, camera, state, camera);
        Assert.All(picture.Flow, component => Assert.Equal(0f, component));
    }

    [Fact]
    public void A_moved_vehicle_shifts_by_its_way_over_its_depth()
    {
        TownState state = new(Towns.Empty);
        Pose eye = Towns.Camera(Towns.Empty.Path.PoseAt(0), 2);
        (TownState before, Pose there) = (new(Towns.Empty), Ahead(eye, 20, 0));
        state.AddActor(5, ActorModel.Truck, there);
        before.AddActor(5, ActorModel.Truck, Ahead(eye, 20, -0.5f));
        Picture picture = new Picture(View).Render(new TownRenderer(Towns.Empty), state, eye, before, eye);
        int pixel = picture.At(View.Width / 2, View.Height / 2);
        Assert.Equal((byte)TownTag.Truck, picture.Tags[pixel]);
        Assert.Equal(-0.5f * View.FocalLength / picture.Depth[pixel], picture.Flow[pixel * 2], 0.01f);
        Assert.Equal(0f, picture.Flow[(pixel * 2) + 1], 0.01f);
    }

    [Fact]
    public void The_road_flows_as_a_plane_under_a_driving_camera()
    {
        Pose eye = Towns.Camera(Towns.Empty.Path.PoseAt(40), 1.5f), before = Ahead(eye, -1, 0, 1.5f);
        TownState state = new(Towns.Empty);
        Picture picture = new Picture(View).Render(new TownRenderer(Towns.Empty), state, eye, state, before);
        int checkedPixels = 0;
        for (int y = (View.Height / 2) + 12; y < View.Height; y += 5)
        {
            for (int x = 3; x < View.Width; x += 7)
            {
                int pixel = picture.At(x, y);
                if (picture.Tags[pixel] != (byte)TownTag.Road)
                    continue;
                // A ground point at distance d ahead was d + 1 ahead: its image shrinks towards the middle by d / (d + 1).
                float down = y + 0.5f - (View.Height / 2f), across = x + 0.5f - (View.Width / 2f);
                float d = 1.5f * View.FocalLength / down, shrink = (d / (d + 1)) - 1;
                Assert.Equal(across * shrink, picture.Flow[pixel * 2], 0.02f);
                Assert.Equal(down * shrink, picture.Flow[(pixel * 2) + 1], 0.02f);
                Assert.Equal(d, picture.Depth[pixel], d * 0.002f);
                checkedPixels++;
            }
        }
        Assert.True(checkedPixels > 100, $"Only {checkedPixels} road pixels.");
    }

    [Fact]
    public void The_sky_turns_with_the_camera_and_does_not_shift()
    {
        Pose eye = Towns.Camera(Towns.Empty.Path.PoseAt(40)), before = Ahead(eye, -3, 0, 1.6f) with { Yaw = eye.Yaw - 4 };
        Picture picture = new Picture(View).Render(new TownRenderer(Towns.Empty), new TownState(Towns.Empty), eye, new TownState(Towns.Empty), before);
        int x = View.Width / 2, y = 1;
        while (picture.Tags[picture.At(x, y)] != (byte)TownTag.Sky)
            x++;
        double angle = Math.Atan((x + 0.5 - (View.Width / 2.0)) / View.FocalLength);
        double expected = (Math.Tan(angle + (4 * Math.PI / 180)) * View.FocalLength) - (x + 0.5 - (View.Width / 2.0));
        Assert.Equal(expected, picture.Flow[picture.At(x, y) * 2], 0.02);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(75)]
    public void Warping_the_previous_tags_by_the_flow_gives_the_present_tags(double time)
    {
        TownRenderer renderer = new(Towns.Busy);
        TownState now = new(Towns.Busy) { Time = time }, before = new(Towns.Busy) { Time = time - 0.1 };
        Pose eye = Towns.Camera(Towns.Busy.EgoPose(time)), last = Towns.Camera(Towns.Busy.EgoPose(time - 0.1));
        Picture present = new Picture(View).Render(renderer, now, eye, before, last);
        Picture previous = new Picture(View).Render(renderer, before, last, now, eye);
        (int same, int seen, int unmoved) = (0, 0, 0);
        for (int y = 1; y < View.Height - 1; y++)
        {
            for (int x = 1; x < View.Width - 1; x++)
            {
                int pixel = present.At(x, y);
                (float dx, float dy) = (present.Flow[pixel * 2], present.Flow[(pixel * 2) + 1]);
                int px = (int)MathF.Floor(x + 0.5f + dx), py = (int)MathF.Floor(y + 0.5f + dy);
                if (float.IsNaN(dx) || px < 0 || py < 0 || px >= View.Width || py >= View.Height || !Uniform(present, x, y))
                    continue;
                // Hidden in the previous picture: the way back from there does not return.
                int source = previous.At(px, py);
                float backX = px + 0.5f + previous.Flow[source * 2], backY = py + 0.5f + previous.Flow[(source * 2) + 1];
                if (!(MathF.Abs(backX - x - 0.5f) < 1 && MathF.Abs(backY - y - 0.5f) < 1))
                    continue;
                seen++;
                same += previous.Tags[source] == present.Tags[pixel] ? 1 : 0;
                unmoved += previous.Tags[pixel] == present.Tags[pixel] ? 1 : 0;
            }
        }
        Assert.True(seen > View.Width * View.Height / 2, $"Only {seen} pixels are seen twice.");
        Assert.True(same >= 0.99 * seen, $"{same} of {seen} agree.");
        Assert.True(same > unmoved, "The flow explains no more than no flow.");
    }

    /// <summary>A pose on the ground (or at a height) some metres ahead of and right of another.</summary>
    private static Pose Ahead(Pose start, float forward, float right, float height = 0)
    {
        double yaw = start.Yaw * Math.PI / 180;
        return start with
        {
            X = start.X + (float)((forward * Math.Cos(yaw)) - (right * Math.Sin(yaw))),
            Y = start.Y + (float)((forward * Math.Sin(yaw)) + (right * Math.Cos(yaw))),
            Z = height,
        };
    }

    private static bool Uniform(Picture picture, int x, int y)
    {
        byte tag = picture.Tags[picture.At(x, y)];
        for (int dy = -1; dy <= 1; dy++)
        {
            for (int dx = -1; dx <= 1; dx++)
            {
                if (picture.Tags[picture.At(x + dx, y + dy)] != tag)
                    return false;
            }
        }
        return true;
    }
}
