using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>What differs between the imitated versions (facts of the protocol, section 4).</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData("0.9.10", "0.9.10", 3, 10, 3, 13, 11, 12)]
    [InlineData("0.9.11", "0.9.11", 8, 10, 3, 13, 11, 12)]
    [InlineData("0.9.12", "0.9.12", 10, 13, 3, 14, 12, 13)]
    [InlineData("0.9.13", "0.9.13", 10, 13, 3, 15, 12, 13)]
    [InlineData("0.9.14", "0.9.14", 10, 14, 3, 16, 13, 14)]
    [InlineData("0.9.15", "0.9.15", 11, 14, 3, 16, 13, 14)]
    [InlineData("0.9.16", "0.9.16", 11, 14, 4, 17, 13, 14)]
    [InlineData("0.10", "0.10.0", 11, 14, 3, 16, 13, 14)]
    public void Version_OnTheWire_HasItsLayout(
        string version, string told, int settings, int weather, int box, int observerType, int rgbType, int semanticType)
    {
        using TownRig rig = new(TownRig.Empty with { Version = version, Rate = 100 });
        Assert.Equal(told, rig.Rpc.Value("version"));
        Assert.Equal(settings, ((object?[])rig.Rpc.Value("get_episode_settings")!).Length);
        Assert.Equal(weather, ((object?[])rig.Rpc.Value("get_weather_parameters")!).Length);
        long hero = rig.Hero();
        object?[] camera = rig.Spawn("sensor.camera.rgb", TownRig.Pose(1, 0, 2), hero, ("image_size_x", "32"), ("image_size_y", "16"));
        Assert.Equal(box, ((object?[])camera[3]!).Length);
        Assert.Equal(hero, camera[1]);
        using RawStream observer = new(rig.Town, 1);
        using RawStream rgb = new(rig.Town, BitConverter.ToUInt32((byte[])camera[5]!));
        using RawStream semantic = new(rig.Town, rig.SpawnCamera("semantic_segmentation", 32, 16, hero).Stream);
        byte[] observation = observer.Next()!;
        Assert.Equal((ulong)observerType, SensorHeader.Read(observation).SensorType);
        Assert.True(rig.Actors(observation).Count >= 2);
        Assert.Equal((ulong)rgbType, SensorHeader.Read(rgb.Next()!).SensorType);
        byte[] tags = semantic.Next()!;
        Assert.Equal((ulong)semanticType, SensorHeader.Read(tags).SensorType);
        AssertTags(tags, version is "0.9.10" or "0.9.11" or "0.9.12" or "0.9.13");
        Assert.Equal(string.CompareOrdinal(told, "0.9.13") >= 0 || told == "0.10.0", rig.Has("sensor.camera.instance_segmentation"));
        Assert.Equal(rig.Profile.HasSensorToken, rig.Rpc.Call("get_sensor_token", 1L)[2] is null);
        ActorAttribute size = rig.Definition("sensor.camera.rgb").Attributes.Single(attribute => attribute.Id == "image_size_x");
        Assert.Equal(version == "0.9.16" ? 2u : 1u, size.Type);
    }

    [Fact]
    public void UnknownVersion_AtStart_IsRefused()
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => TownServer.Start(new TownServerOptions { Version = "0.8.4" }));
        Assert.Contains("0.8.4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PortInUse_AtStart_IsRefusedAndNothingIsLeftOpen()
    {
        using TownServer first = TownRig.Start(TownRig.Empty);
        TownServerOptions same = TownRig.Empty with { Port = first.Port, StreamingPort = 0 };
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => TownServer.Start(same));
        Assert.Contains($"{first.Port}", error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Connection, error.ExitCode);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.NaN)]
    [InlineData(5000)]
    public void ImpossibleRate_AtStart_IsRefused(double rate) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<EdgeSimException>(() => TownServer.Start(TownRig.Empty with { Rate = rate })).ExitCode);

    /// <summary>The empty street of a camera on the road: sky above, road below, in the scheme of the version.</summary>
    private static void AssertTags(byte[] message, bool isOldScheme)
    {
        ReadOnlySpan<byte> pixels = message.AsSpan(ImageHeader.PixelOffset);
        (byte sky, byte road, int count) = isOldScheme ? ((byte)13, (byte)7, 23) : ((byte)11, (byte)1, 29);
        HashSet<byte> seen = [];
        for (int i = 0; i < pixels.Length; i += 4)
        {
            Assert.True(pixels[i] == 0 && pixels[i + 1] == 0 && pixels[i + 2] < count);
            seen.Add(pixels[i + 2]);
        }
        Assert.Contains(sky, seen);
        Assert.Contains(road, seen);
    }
}
