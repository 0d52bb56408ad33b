using EdgeSimToReal.Carla.Client;
using EdgeSimToReal.Carla.Driving;
using EdgeSimToReal.Carla.Streams;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Driving;

/// <summary>
/// Steering in a closed loop: the controls go to a server that moves the vehicle as a bicycle model and tells where it is.
/// </summary>
public class LaneDriverTests
{
    private const float Wheelbase = 2.9f;
    private const float MaxSteer = 1.22f;
    private const float Step = 0.05f;

    [Fact]
    public void Control_RoundACurve_StaysOnTheLaneAtSpeed()
    {
        // 30 m straight, then a right curve of 20 m radius (negative curvature in OpenDRIVE's axes).
        const string Map = """
            <OpenDRIVE><road id="1" length="90"><link/><planView><geometry s="0" x="0" y="0" hdg="0" length="30"><line/></geometry>
            <geometry s="30" x="30" y="0" hdg="0" length="60"><arc curvature="-0.05"/></geometry></planView>
            <lanes><laneSection s="0"><right>
            <lane id="-1" type="driving"><width sOffset="0" a="3" b="0" c="0" d="0"/></lane>
            </right></laneSection></lanes></road></OpenDRIVE>
            """;
        LanePath path = LanePath.Create(Map, new Transform(new(0, 1.5f, 0), default));
        VehicleControl control = default;
        int controls = 0;
        using TestServer server = new();
        server.Override = request =>
        {
            if (request.Method != "apply_control_to_vehicle")
                return null;
            MessagePackReader reader = request.ReadArguments(out bool ignoreResponse);
            Assert.True(ignoreResponse);
            Assert.Equal(1u, reader.ReadUInt32());
            control = VehicleControl.Read(ref reader);
            Interlocked.Increment(ref controls);
            return TestServer.Ok(request);
        };
        using CarlaClient client = CarlaClient.Connect(new CarlaClientOptions { Port = server.Port });
        using WorldObserver observer = new(client);
        LaneDriver driver = new(client, observer, vehicle: 1, path, speed: 6, byControl: true);
        Pose pose = path.At(0);
        float speed = 0;
        double worst = 0, distance = 0;
        for (int i = 1; i <= 200; i++)
        {
            (float sin, float cos) = MathF.SinCos(pose.Yaw * MathF.PI / 180);
            Vector3D velocity = new(speed * cos, speed * sin, 0);
            server.Observer().Send(server.World((ulong)i, new ActorState(1, 1, pose, velocity, default, default, default)));
            Assert.True(observer.WaitForFrame((ulong)i, TimeSpan.FromSeconds(5)));
            driver.Step(Step);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref controls) == i, 5000));
            speed += ((control.Throttle * 6) - (control.Brake * 8)) * Step;
            pose = pose with
            {
                X = pose.X + (speed * cos * Step),
                Y = pose.Y + (speed * sin * Step),
                Yaw = pose.Yaw + (speed / Wheelbase * MathF.Tan(control.Steer * MaxSteer) * Step * 180 / MathF.PI),
            };
            distance = path.Project(distance, pose.X, pose.Y, reach: 3);
            Pose lane = path.At(distance);
            worst = Math.Max(worst, Math.Sqrt(Math.Pow(lane.X - pose.X, 2) + Math.Pow(lane.Y - pose.Y, 2)));
        }
        Assert.InRange(worst, 0, 0.7);
        Assert.InRange(speed, 5, 6.5);
        Assert.InRange(distance, 40, 65); // well into the curve
        Assert.True(pose.Yaw > 20);
    }
}
