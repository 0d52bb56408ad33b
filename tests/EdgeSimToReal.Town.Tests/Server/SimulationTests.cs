using System.Diagnostics;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>What is simulated behind the protocol.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void SameSeed_GivesTheSameBytesOnAnyNumberOfThreads_AnotherSeedOthers()
    {
        byte[][] first = Pictures(seed: 5, threads: 1);
        byte[][] second = Pictures(seed: 5, threads: 2);
        byte[][] third = Pictures(seed: 5, threads: 3);
        byte[][] other = Pictures(seed: 6, threads: 2);
        for (int i = 0; i < first.Length; i++)
        {
            Assert.Equal(first[i], second[i]);
            Assert.Equal(first[i], third[i]);
        }
        Assert.NotEqual(first[0], other[0]);

        static byte[][] Pictures(ulong seed, int threads)
        {
            SceneCache.Clear(); // the same seed builds the same street again
            using TownRig rig = new(new TownServerOptions
            {
                Seed = seed,
                StartSynchronous = true,
                Vehicles = 10,
                Pedestrians = 10,
                Threads = threads,
            });
            long hero = rig.Hero();
            RawStream[] cameras =
            [
                .. new[] { "rgb", "semantic_segmentation", "depth", "instance_segmentation", "optical_flow" }
                    .Select(kind => rig.Listen(kind, 96, 64, hero)),
            ];
            List<byte[]> pictures = [];
            for (int i = 0; i < 3; i++)
            {
                ulong frame = rig.Tick();
                pictures.AddRange(cameras.Select(camera => camera.NextFrom(frame)));
            }
            foreach (RawStream camera in cameras)
                camera.Dispose();
            return [.. pictures];
        }
    }

    [Fact]
    public void SynchronousMode_AfterApplying_ChangesStepAndKeepsCamerasTogether()
    {
        using TownRig rig = new(TownRig.Empty with { Rate = 100 });
        long hero = rig.Hero();
        using RawStream observer = new RawStream(rig.Town, 1).WaitUntilSubscribed(rig.Town);
        using RawStream rgb = rig.Listen("rgb", 32, 16, hero);
        using RawStream semantic = rig.Listen("semantic_segmentation", 32, 16, hero);
        rig.BeSynchronous(0.05);
        ulong last = 0;
        double time = 0;
        for (int i = 0; i < 4; i++)
        {
            ulong frame = rig.Tick();
            Assert.True(last == 0 || frame == last + 1);
            byte[] observation = observer.NextFrom(frame);
            Assert.Equal(0.05f, WorldObserverHeader.Read(observation.AsSpan(SensorHeader.Size), true).DeltaSeconds);
            SensorHeader colour = SensorHeader.Read(rgb.NextFrom(frame));
            SensorHeader tags = SensorHeader.Read(semantic.NextFrom(frame));
            Assert.Equal(colour with { SensorType = tags.SensorType }, tags);
            Assert.Equal(frame, colour.Frame);
            if (last != 0)
                Assert.Equal(time + 0.05, colour.Timestamp, 9);
            (last, time) = (frame, colour.Timestamp);
        }
    }

    [Fact]
    public void AsynchronousMode_RunsWithTheClock()
    {
        using TownRig rig = new(TownRig.Empty with { Rate = 50 });
        long began = Stopwatch.GetTimestamp(); // messages may have waited before they are read
        using RawStream observer = new RawStream(rig.Town, 1).WaitUntilSubscribed(rig.Town);
        byte[] message = observer.Next()!;
        double start = SensorHeader.Read(message).Timestamp;
        double sum = 0;
        for (int i = 0; i < 25; i++)
        {
            message = observer.Next()!;
            sum += WorldObserverHeader.Read(message.AsSpan(SensorHeader.Size), true).DeltaSeconds;
        }
        // However late the threads run: simulated time is the sum of the steps, and never ahead of the clock by more than a step.
        double passed = SensorHeader.Read(message).Timestamp - start;
        Assert.Equal(passed, sum, 4);
        Assert.InRange(passed, 0.5 - 1e-9, Stopwatch.GetElapsedTime(began).TotalSeconds + 0.05);
    }

    [Fact]
    public void PlatformTimestamp_IsThisMachinesClock()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true });
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), rig.Rpc.Value("edgesim_clock"));
        using RawStream observer = new RawStream(rig.Town, 1).WaitUntilSubscribed(rig.Town);
        double before = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        byte[] message = observer.NextFrom(rig.Tick());
        double after = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        Assert.InRange(WorldObserverHeader.Read(message.AsSpan(SensorHeader.Size), true).PlatformTimestamp, before, after);
    }

    [Fact]
    public void Throttle_Steering_AndTransform_MoveAVehicleWithItsCamera()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true });
        rig.BeSynchronous(0.1);
        long car = (long)rig.Spawn("vehicle.tesla.model3", TownRig.Pose(20, -1.75f, 0.6f))[0]!;
        using RawStream camera = rig.Listen("rgb", 32, 16, car);
        rig.Rpc.Call("apply_control_to_vehicle", car, new object?[] { 1f, 0f, 0f, false, false, false, 1L });
        Pose straight = After(20);
        Assert.InRange(straight.X, 20 + 1.5f + 4, 20 + 1.5f + 8); // 3.5 m/s² for 2 s are 7 m
        Assert.Equal(-1.75f, straight.Y, 3);
        Assert.Equal(2.4f, straight.Z, 3); // it has come down to the road
        rig.Rpc.Call("apply_control_to_vehicle", car, new object?[] { 0f, 0.5f, 0f, false, false, false, 1L });
        Pose turned = After(10);
        Assert.True(turned.Yaw > 5 && turned.Y > straight.Y);
        rig.Rpc.Call("apply_control_to_vehicle", car, new object?[] { 0f, 0f, 1f, false, false, false, 1L });
        After(20);
        Assert.Equal(After(1), After(1));
        rig.Rpc.Call("set_actor_transform", car, TownRig.Pose(100, 50, 0, yaw: 90));
        Pose put = After(1);
        Assert.Equal((100f, 51.5f, 90f), (put.X, put.Y, put.Yaw));

        Pose After(int ticks)
        {
            ulong frame = 0;
            for (int i = 0; i < ticks; i++)
                frame = rig.Tick();
            return SensorHeader.Read(camera.NextFrom(frame)).Pose;
        }
    }

    [Fact]
    public void Depth_Instance_AndFlow_AreThoseOfTheVehicleAhead()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true, HasHero = false });
        using RawStream observer = new RawStream(rig.Town, 1).WaitUntilSubscribed(rig.Town);
        // Beside the road's end of the empty street: only the two cars matter.
        long car = (long)rig.Spawn("vehicle.tesla.model3", TownRig.Pose(-300, -300, 0))[0]!;
        long ahead = (long)rig.Spawn("vehicle.audi.tt", TownRig.Pose(-280, -300, 0))[0]!;
        using RawStream depth = rig.Listen("depth", 64, 32, car);
        using RawStream instance = rig.Listen("instance_segmentation", 64, 32, car);
        using RawStream flow = rig.Listen("optical_flow", 64, 32, car);
        rig.Tick();
        ulong frame = rig.Tick();
        byte[] ids = instance.NextFrom(frame);
        byte[] metres = depth.NextFrom(frame);
        int pixel = IndexOfInstance(ids, ahead);
        Assert.True(pixel > 0, "The car ahead is not in the instance picture.");
        Assert.Equal(14, ids[pixel + 2]);
        Assert.InRange(DepthEncoding.Decode(metres[pixel], metres[pixel + 1], metres[pixel + 2]), 16, 21);
        byte[] still = flow.NextFrom(frame);
        Assert.Equal(ImageHeader.PixelOffset + (64 * 32 * 8), still.Length);
        Assert.All(Floats(still), value => Assert.True(Math.Abs(value) < 1e-3));
        // The car ahead moves half a metre to the right: 32 pixels of focal length, about 17 m away.
        rig.Rpc.Call("set_actor_location", ahead, new object?[] { -280f, -299.5f, 0f });
        frame = rig.Tick();
        ids = instance.NextFrom(frame);
        float[] moved = Floats(flow.NextFrom(frame));
        pixel = IndexOfInstance(ids, ahead);
        int at = (pixel - ImageHeader.PixelOffset) / 4;
        Assert.InRange(moved[at * 2], 0.75f, 1.2f);
        Assert.InRange(moved[(at * 2) + 1], -0.05f, 0.05f);

        static int IndexOfInstance(byte[] message, long id)
        {
            for (int i = ImageHeader.PixelOffset; i < message.Length; i += 4)
            {
                if (message[i + 1] == (byte)id && message[i] == (byte)(id >> 8) && message[i + 2] == 14)
                    return i;
            }
            return -1;
        }

        static float[] Floats(byte[] message) =>
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(message.AsSpan(ImageHeader.PixelOffset)).ToArray();
    }

    [Fact]
    public void SensorTick_MakesPicturesRarer()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true });
        rig.BeSynchronous(0.05);
        using RawStream rare = rig.Listen("rgb", 16, 16, sensorTick: 0.2f);
        List<ulong> frames = [];
        for (int i = 0; i < 12; i++)
            rig.Tick();
        for (int i = 0; i < 3; i++)
            frames.Add(SensorHeader.Read(rare.Next()!).Frame);
        Assert.Equal([frames[0], frames[0] + 4, frames[0] + 8], frames);
    }

    [Fact]
    public void NoRenderingMode_StopsPicturesAndNotTheWorld()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true });
        using RawStream camera = rig.Listen("rgb", 16, 16);
        using RawStream observer = new RawStream(rig.Town, 1).WaitUntilSubscribed(rig.Town);
        Render(false);
        observer.NextFrom(rig.Tick());
        Render(true);
        ulong frame = rig.Tick();
        Assert.Equal(frame, SensorHeader.Read(camera.Next()!).Frame);

        void Render(bool on)
        {
            object?[] settings = (object?[])rig.Rpc.Value("get_episode_settings")!;
            settings[1] = !on;
            rig.Rpc.Value("set_episode_settings", (object)settings);
        }
    }

    [Fact]
    public void DestroyedVehicle_TakesItsCameraAndItsStreamAlong()
    {
        using TownRig rig = new(TownRig.Empty);
        long car = (long)rig.Spawn("vehicle.tesla.model3", TownRig.Pose(20, 20, 0))[0]!;
        (long id, uint stream) = rig.SpawnCamera("rgb", 16, 16, car);
        using RawStream camera = new(rig.Town, stream);
        Assert.NotNull(camera.Next());
        Assert.Equal(true, rig.Rpc.Value("destroy_actor", car));
        while (camera.Next() is not null)
        {
        }
        Assert.Empty((object?[])rig.Rpc.Value("get_actors_by_id", (object)new object?[] { car, id })!);
    }

    [Fact]
    public void FirstSpawnPoint_AtTheStart_IsFree()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true });
        object?[] points = (object?[])((object?[])rig.Rpc.Value("get_map_info")!)[1]!;
        Assert.NotNull(rig.Spawn("vehicle.tesla.model3", (object?[])points[0]!));
    }

    [Fact]
    public void SpawnInsideAnotherVehicle_IsACollision()
    {
        using TownRig rig = new(TownRig.Empty);
        rig.Spawn("vehicle.tesla.model3", TownRig.Pose(20, 20, 0));
        ActorDefinition audi = rig.Definition("vehicle.audi.tt");
        object?[] description = [(long)audi.Uid, audi.Id, Array.Empty<object?>()];
        object?[] answer = rig.Rpc.Call("spawn_actor", description, TownRig.Pose(21, 20, 0, yaw: 40));
        Assert.Equal("[[0, ['Spawn failed because of collision at spawn position']]]", WireText.Of(answer[3]));
    }

    [Fact]
    public void LoadedMap_IsAnotherStreet_AndReloadedIsTheSame()
    {
        using TownRig rig = new(TownRig.Empty);
        string Road() => (string)rig.Rpc.Value("get_map_data")!;
        string first = Road();
        Assert.StartsWith("<?xml", first, StringComparison.Ordinal);
        rig.Rpc.Call("load_new_episode", "Town02", true, 65535L);
        Assert.NotEqual(first, Road());
        Assert.Equal("Carla/Maps/Town02", ((object?[])rig.Rpc.Value("get_map_info")!)[0]);
        rig.Rpc.Call("load_new_episode", "/Game/Carla/Maps/Town10HD_Opt", true, 65535L);
        rig.Rpc.Call("load_new_episode", "", true, 65535L);
        Assert.Equal(first.Replace("Town02", "Town10HD_Opt", StringComparison.Ordinal), Road());
        Assert.Equal(4L, ((object?[])rig.Rpc.Value("get_episode_info")!)[0]);
    }

    [Fact]
    public void Weather_SetByAClient_ChangesThePicture()
    {
        using TownRig rig = new(TownRig.Empty with { StartSynchronous = true, HasHero = false });
        using RawStream camera = rig.Listen("rgb", 32, 16);
        byte[] clear = camera.NextFrom(rig.Tick());
        object?[] weather = (object?[])rig.Rpc.Value("get_weather_parameters")!;
        weather[0] = 100f;
        weather[5] = 5f;
        rig.Rpc.Call("set_weather_parameters", (object)weather);
        Assert.Equal(weather, rig.Rpc.Value("get_weather_parameters"));
        byte[] overcast = camera.NextFrom(rig.Tick());
        Assert.False(clear.AsSpan(ImageHeader.PixelOffset).SequenceEqual(overcast.AsSpan(ImageHeader.PixelOffset)));
    }

    [Fact]
    public void TrafficManager_OnceRegistered_IsFoundByOthersUntilItGoes()
    {
        using TownRig rig = new(TownRig.Empty);
        Assert.Equal(false, rig.Rpc.Value("is_traffic_manager_running", 8000L));
        Assert.Equal(true, rig.Rpc.Value("add_traffic_manager_running", (object)new object?[] { "192.0.2.2", 8000L }));
        using RawRpc other = new(rig.Town);
        Assert.Equal(true, other.Value("is_traffic_manager_running", 8000L));
        Assert.Equal(new object?[] { "192.0.2.2", 8000L }, other.Value("get_traffic_manager_running", 8000L));
        Assert.Equal(false, other.Value("add_traffic_manager_running", (object)new object?[] { "192.0.2.3", 8000L }));
        Assert.Equal(true, other.Value("destroy_traffic_manager", 8000L));
        Assert.Equal(false, rig.Rpc.Value("is_traffic_manager_running", 8000L));
    }
}
