using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>Errors as the real LibCarla server words them.</summary>
public sealed class RawErrorTests
{
    [Fact]
    public void RecordedRawErrors_AgainstTown_GetTheSameTextOrForm()
    {
        List<RecordedLine> lines = Recording.Read("server_raw_errors");
        using TownServer server = TownRig.Start(TownRig.Empty);
        using RawRpc rpc = new(server);
        int compared = 0;
        for (int i = 0; i + 1 < lines.Count; i++)
        {
            if (lines[i] is not { IsRpc: true, IsFromClient: true, Bytes.Length: > 0 } request)
                continue;
            object?[] recorded = (object?[])WireTree.Decode(lines[i + 1].Bytes)!;
            object?[] answer = rpc.Exchange(request.Bytes);
            Assert.Equal(recorded[1], answer[1]);
            Assert.Equal(recorded[2], answer[2]); // rpclib's errors, to the byte
            if (recorded[3] is object?[] result)
                AssertSameForm(result, (object?[])answer[3]!, (long)answer[1]!);
            compared++;
        }
        Assert.Equal(8, compared);
    }

    [Fact]
    public void UnknownActor_InSetTransform_IsNamedAsSince0912()
    {
        using TownServer server = TownRig.Start(TownRig.Empty);
        using RawRpc rpc = new(server);
        object?[] pose = [new object?[] { 0f, 0f, 0f }, new object?[] { 0f, 0f, 0f }];
        object?[] answer = rpc.Call("set_actor_transform", 7L, pose);
        object?[] response = (object?[])((object?[])answer[3]!)[0]!;
        Assert.Equal(true, response[0]);
        Assert.Equal(
            "Responding error from function set_actor_transform: Actor could not be found in the registry.  Actor Id: 7",
            ((object?[])response[1]!)[0]);
    }

    [Fact]
    public void AttributeOfWrongType_InSpawn_SilentlyTakesTheDefault()
    {
        using TownServer server = TownRig.Start(TownRig.Empty with { Width = 48, Height = 32 });
        using RawRpc rpc = new(server);
        const long asText = 4; // 0.9.16: String
        const long asInt = 2;
        using RawStream wrong = Listen(server, rpc, asText);
        using RawStream right = Listen(server, rpc, asInt);
        Assert.Equal(60 + (48 * 32 * 4), wrong.Next()!.Length);
        Assert.Equal(60 + (16 * 32 * 4), right.Next()!.Length);
    }

    private static RawStream Listen(TownServer server, RawRpc rpc, long type)
    {
        object?[] attributes = [new object?[] { "image_size_x", type, "16" }];
        object?[] pose = [new object?[] { 0f, 0f, 2f }, new object?[] { 0f, 0f, 0f }];
        object?[] actor = (object?[])rpc.Value("spawn_actor", new object?[] { 1L, "sensor.camera.rgb", attributes }, pose)!;
        return new RawStream(server, BitConverter.ToUInt32((byte[])actor[5]!));
    }

    private static void AssertSameForm(object?[] recorded, object?[] own, long id)
    {
        Assert.True(recorded.Length == own.Length, $"Request {id}: {WireText.Of(own)} instead of {WireText.Of(recorded)}.");
        foreach ((object? their, object? our) in recorded.Zip(own))
        {
            if (their is object?[] items)
                AssertSameForm(items, Assert.IsType<object?[]>(our), id);
            else if (their is "unable to destroy actor: not found" or "Spawn failed because of invalid actor description")
                Assert.Equal(their, our);
            else
                Assert.Equal(their?.GetType(), our?.GetType());
        }
    }
}
