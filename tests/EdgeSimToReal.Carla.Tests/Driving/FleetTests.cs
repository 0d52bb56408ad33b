using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Driving;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Tests.Driving;

public class FleetTests
{
    private const string Straight = """
        <OpenDRIVE><road id="1" length="400"><link/><planView><geometry s="0" x="0" y="0" hdg="0" length="400"><line/></geometry></planView>
        <lanes><laneSection s="0"><left><lane id="1" type="driving"><width sOffset="0" a="3" b="0" c="0" d="0"/></lane></left>
        <right><lane id="-1" type="driving"><width sOffset="0" a="3" b="0" c="0" d="0"/></lane>
        <lane id="-2" type="sidewalk"><width sOffset="0" a="2" b="0" c="0" d="0"/></lane></right></laneSection></lanes></road></OpenDRIVE>
        """;

    [Fact]
    public void AFasterVehicle_StaysBehindASlowerOne_AndOncomingTrafficDoesNotStopIt()
    {
        using TestServer server = new();
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = server.Port });
        using WorldObserver observer = new(client);
        LaneDriver fast = Driver(1, 0, 8), slow = Driver(2, 30, 3), oncoming = Driver(3, 60, 8, yaw: 180);
        Fleet fleet = new([fast, slow, oncoming], []);
        float closest = float.MaxValue;
        for (int i = 0; i < 200; i++)
        {
            fleet.Step(0.1f);
            closest = Math.Min(closest, slow.Position.X - fast.Position.X);
        }
        Assert.InRange(closest, 7, 9.5f);
        Assert.InRange(slow.Position.X, 89, 91); // 30 m and 20 s at 3 m/s
        Assert.True(fast.Position.X > 75);
        Assert.InRange(oncoming.Position.X, 19, 21); // 160 m without a halt, on a way of 60 m that it begins anew

        LaneDriver Driver(uint id, float x, double speed, float yaw = 0) => new(client, observer, id,
            LanePath.Create(Straight, new Transform(new(x, yaw == 0 ? 1.5f : -1.5f, 0), new(0, yaw, 0))), speed, byControl: false);
    }

    [Fact]
    public void PeopleWalk_WhereTheMapHasASidewalk()
    {
        OpenDriveMap map = OpenDriveMap.Parse(Straight);
        LanePath? path = LanePath.Find(map, new Transform(new(50, 1.5f, 0), default), LaneKind.Sidewalk);
        Assert.NotNull(path);
        Assert.Equal((50, 4), (path.At(0).X, path.At(0).Y));
        // The left side of this road has none.
        Assert.Null(LanePath.Find(map, new Transform(new(50, -1.5f, 0), new(0, 180, 0)), LaneKind.Sidewalk));
    }
}
