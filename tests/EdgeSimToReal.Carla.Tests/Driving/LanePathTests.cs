using EdgeSimToReal.Carla.Driving;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Frames;

namespace EdgeSimToReal.Carla.Tests.Driving;

public class LanePathTests
{
    private const string Lanes = """
        <lanes><laneSection s="0"><left><lane id="1" type="driving"><link>{1}</link>
        <width sOffset="0" a="4" b="0" c="0" d="0"/></lane></left>
        <right><lane id="-1" type="driving"><link>{0}</link><width sOffset="0" a="3" b="0" c="0" d="0"/></lane>
        <lane id="-2" type="sidewalk"><width sOffset="0" a="2" b="0" c="0" d="0"/></lane></right></laneSection></lanes>
        """;

    /// <summary>A rounded square: 40 m straights, quarter circles of 10 m radius, each a road of its own.</summary>
    private static readonly string Block = RoundedSquare();

    [Fact]
    public void Create_Straight_RunsAlongTheRightLane()
    {
        string map = Map(Road("7", "", """<geometry s="0" x="0" y="0" hdg="0" length="50"><line/></geometry>""", 50,
            """<elevation s="0" a="2" b="0.1" c="0" d="0"/>"""));
        LanePath path = LanePath.Create(map, new Transform(new(10, 1, 2), default));
        // OpenDRIVE's y is CARLA's -y: the right lane, 1.5 m beside the line, lies at y = +1.5.
        Pose at = path.At(5);
        AssertAt(15, 1.5, at);
        Assert.Equal(3.5, at.Z, 2);
        Assert.Equal(0, at.Yaw, 3);
        Assert.Equal(5.71, at.Pitch, 2);
        Assert.False(path.IsClosed);
        Assert.Equal(40, path.Length, 3);
    }

    [Fact]
    public void Create_HeadingTheOtherWay_TakesTheLeftLaneBackwards()
    {
        string map = Map(Road("7", "", """<geometry s="0" x="0" y="0" hdg="0" length="50"><line/></geometry>""", 50, ""));
        LanePath path = LanePath.Create(map, new Transform(new(30, -2, 0), new(0, 180, 0)));
        Pose at = path.At(10);
        AssertAt(20, -2, at);
        Assert.Equal(180, Math.Abs(at.Yaw), 3);
    }

    [Fact]
    public void Create_RoundTheBlock_ClosesWithoutJumps()
    {
        LanePath path = LanePath.Create(Block, new Transform(new(20, 1.5f, 0), default));
        Assert.True(path.IsClosed);
        // Four straights, and four quarters of a circle whose radius on the outer (right) side is 1.5 m larger.
        Assert.Equal((4 * 40) + (2 * Math.PI * 11.5), path.Length, 0);
        Pose last = path.At(0);
        for (double d = 0.5; d < path.Length + 10; d += 0.5)
        {
            Pose at = path.At(d);
            Assert.InRange(Math.Sqrt(Math.Pow(at.X - last.X, 2) + Math.Pow(at.Y - last.Y, 2)), 0.3, 0.8);
            Assert.InRange(Math.Abs(Math.IEEERemainder(at.Yaw - last.Yaw, 360)), 0, 6);
            last = at;
        }
    }

    [Fact]
    public void Create_SpiralAndParametricCubic_EndWhereTheirFormulasSay()
    {
        // A clothoid from straight to radius 50 over 20 m turns by L/(2R) = 0.2 rad; to first terms x = L - L³/(40R²), y = L²/(6R).
        RoadGeometry spiral = new(0, 0, 0, 0, 20, 0, 1 / 50.0);
        (double x, double y, double heading) = spiral.At(20);
        Assert.Equal(0.2, heading, 6);
        Assert.Equal(20 - (8000 / (40.0 * 2500)), x, 2);
        Assert.Equal(400 / 300.0, y, 2);
        RoadGeometry cubic = new(0, 5, 6, Math.PI / 2, 10, 0, 0, [0, 10, 0, 0, 0, 0, 2, 0], IsNormalized: true);
        (x, y, heading) = cubic.At(10);
        Assert.Equal(3, x, 6);
        Assert.Equal(16, y, 6);
        Assert.Equal((Math.PI / 2) + Math.Atan2(4, 10), heading, 6);
    }

    [Fact]
    public void Create_ThroughAJunction_FollowsAConnection()
    {
        string map = Map(
            Road("1", """<successor elementType="junction" elementId="9"/>""",
                """<geometry s="0" x="0" y="0" hdg="0" length="20"><line/></geometry>""", 20, ""),
            Road("2", """<predecessor elementType="road" elementId="1" contactPoint="end"/>""",
                """<geometry s="0" x="20" y="0" hdg="0" length="15"><arc curvature="-0.05"/></geometry>""", 15, ""))
            .Replace("</OpenDRIVE>", """
                <junction id="9"><connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start">
                <laneLink from="-1" to="-1"/></connection></junction></OpenDRIVE>
                """);
        LanePath path = LanePath.Create(map, new Transform(new(1, 1.5f, 0), default));
        Pose end = path.At(path.Length - 0.01);
        Assert.Equal(0.05 * 15 * 180 / Math.PI, end.Yaw, 0); // turned right: clockwise in CARLA's axes
    }

    [Fact]
    public void Create_FarFromAnyLane_SaysSo() => Assert.Contains("no driving lane near the spawn point at 500",
        Assert.Throws<EdgeSimException>(() => LanePath.Create(Block, new Transform(new(500, 0, 0), default))).Message);

    [Theory]
    [InlineData("")]
    [InlineData("<OpenDRIVE>")]
    [InlineData("<OpenDRIVE><road id='1' length='x'/></OpenDRIVE>")]
    public void Create_NoMap_SaysSo(string map) => Assert.Contains("no OpenDRIVE",
        Assert.Throws<EdgeSimException>(() => LanePath.Create(map, default)).Message);

    private static string RoundedSquare()
    {
        List<string> roads = [];
        (double x, double y, double heading) = (0, 0, 0);
        for (int i = 0; i < 8; i++)
        {
            bool straight = i % 2 == 0;
            RoadGeometry geometry = new(0, x, y, heading, straight ? 40 : 5 * Math.PI, straight ? 0 : 0.1, straight ? 0 : 0.1);
            string link = $"""
                <predecessor elementType="road" elementId="{(i + 7) % 8}" contactPoint="end"/>
                <successor elementType="road" elementId="{(i + 1) % 8}" contactPoint="start"/>
                """;
            roads.Add(Road($"{i}", link, FormattableString.Invariant(
                $"""<geometry s="0" x="{x}" y="{y}" hdg="{heading}" length="{geometry.Length}">""")
                + (straight ? "<line/>" : """<arc curvature="0.1"/>""") + "</geometry>",
                geometry.Length, ""));
            (x, y, heading) = geometry.At(geometry.Length);
        }
        return Map([.. roads]);
    }

    private static string Map(params string[] roads) => $"<?xml version=\"1.0\"?><OpenDRIVE>{string.Concat(roads)}</OpenDRIVE>";

    private static string Road(string id, string link, string geometry, double length, string elevation) => FormattableString.Invariant(
        $"""<road id="{id}" length="{length}"><link>{link}</link><planView>{geometry}</planView>""")
        + $"""<elevationProfile>{elevation}</elevationProfile>"""
        + Lanes.Replace("{0}", """<predecessor id="-1"/><successor id="-1"/>""")
            .Replace("{1}", """<predecessor id="1"/><successor id="1"/>""") + "</road>";

    private static void AssertAt(double x, double y, Pose pose)
    {
        Assert.Equal(x, pose.X, 2);
        Assert.Equal(y, pose.Y, 2);
    }
}
