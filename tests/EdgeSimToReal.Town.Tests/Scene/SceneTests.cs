using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Scene;
using EdgeSimToReal.Town.Tests.Rendering;

namespace EdgeSimToReal.Town.Tests.Scene;

public sealed class SceneTests
{
    [Fact]
    public void The_road_is_one_smooth_loop_that_lasts_minutes()
    {
        DrivePath path = Towns.Busy.Path;
        Assert.True(path.Length > 1500);
        for (double s = 0; s < path.Length + 5; s += 1)
        {
            Pose a = path.PoseAt(s, 0), b = path.PoseAt(s + 1, 0);
            double step = Math.Sqrt(Math.Pow(b.X - a.X, 2) + Math.Pow(b.Y - a.Y, 2)), heading = Math.Atan2(b.Y - a.Y, b.X - a.X) * 180 / Math.PI;
            Assert.InRange(step, 0.99, 1.001);
            Assert.InRange(Math.Abs(Math.IEEERemainder(heading - a.Yaw, 360)), 0, 2);
        }
    }

    [Fact]
    public void Nearest_finds_the_way_back_to_the_road()
    {
        DrivePath path = Towns.Busy.Path;
        for (double s = 3; s < path.Length - 3; s += 17)
        {
            foreach (float lateral in (float[])[-6, 0, 5])
            {
                Pose pose = path.PoseAt(s, lateral);
                (double distance, float side) = path.Nearest(pose.X, pose.Y);
                Assert.Equal(s, distance, 0.05);
                Assert.Equal(lateral, side, 0.05f);
            }
        }
    }

    [Fact]
    public void Traffic_follows_from_the_time_alone_and_keeps_its_distance_from_the_ego_vehicle()
    {
        TownState there = new(Towns.Busy) { Time = 90 }, back = new(Towns.Busy) { Time = 7 };
        back.Time = 500;
        back.Time = 90;
        Assert.Equal(there.Actors.ToArray(), back.Actors.ToArray());
        for (double time = 0; time < 300; time += 3)
        {
            there.Time = time;
            Pose ego = Towns.Busy.EgoPose(time);
            foreach (TownActor actor in there.Actors)
            {
                double gap = Math.Sqrt(Math.Pow(actor.Pose.X - ego.X, 2) + Math.Pow(actor.Pose.Y - ego.Y, 2));
                Assert.True(gap > (actor.Model == ActorModel.Walker ? 4 : 2.8), $"{actor} is {gap} m from the ego vehicle at {time} s.");
            }
        }
    }

    [Fact]
    public void Callers_actors_are_added_moved_copied_and_removed()
    {
        TownState state = new(Towns.Empty), copy = new(Towns.Empty);
        state.AddActor(11, ActorModel.Bus, new Pose(1, 2, 0, 0, 90, 0), 0x112233);
        Assert.True(state.MoveActor(11, new Pose(1, 5, 0, 0, 90, 0)));
        TownActor bus = Assert.Single(state.Actors.ToArray());
        Assert.Equal((11, ActorModel.Bus, 0x112233u, 5f), (bus.Id, bus.Model, bus.Colour, bus.Pose.Y));
        Assert.Equal(3f, bus.Travelled, 0.001f);
        copy.CopyFrom(state);
        Assert.True(state.RemoveActor(11));
        Assert.False(state.RemoveActor(11));
        Assert.False(state.MoveActor(11, default));
        Assert.Empty(state.Actors.ToArray());
        Assert.Single(copy.Actors.ToArray());
    }

    [Fact]
    public void Bad_actors_are_refused()
    {
        TownState state = new(Towns.Empty);
        state.AddActor(1, ActorModel.Sedan, default);
        Assert.Contains("taken", Assert.Throws<EdgeSimException>(() => state.AddActor(1, ActorModel.Sedan, default)).Message);
        Assert.Throws<EdgeSimException>(() => state.AddActor(0, ActorModel.Sedan, default));
        Assert.Throws<EdgeSimException>(() => state.AddActor(20000, ActorModel.Sedan, default));
        Assert.Throws<EdgeSimException>(() => state.AddActor(2, (ActorModel)77, default));
        Assert.Throws<EdgeSimException>(() => state.Time = double.NaN);
        Assert.Throws<EdgeSimException>(() => state.CopyFrom(new TownState(Towns.Busy)));
    }

    [Fact]
    public void Spawn_points_lie_on_their_lane_and_face_along_it()
    {
        Assert.True(Towns.Busy.VehicleSpawnPoints.Count > 60);
        foreach (Pose pose in Towns.Busy.VehicleSpawnPoints)
        {
            (double distance, float lateral) = Towns.Busy.Path.Nearest(pose.X, pose.Y);
            Assert.Equal(DrivePath.LaneOffset, MathF.Abs(lateral), 0.05f);
            float along = Towns.Busy.Path.PoseAt(distance, 0, backwards: lateral < 0).Yaw;
            Assert.Equal(0, Math.IEEERemainder(pose.Yaw - along, 360), 1.0);
        }
    }
}
