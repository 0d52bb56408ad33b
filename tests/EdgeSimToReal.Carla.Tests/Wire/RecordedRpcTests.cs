using System.Buffers;
using EdgeSimToReal.Carla.Tests.Support;
using EdgeSimToReal.Carla.Wire;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Wire;

/// <summary>Every RPC message of every recording: decoded into our types and encoded again, it is the same bytes.</summary>
public class RecordedRpcTests
{
    private static readonly ServerProfile Profile = ServerProfile.ForVersion("0.9.16");

    public static TheoryData<string> Names => Recording.AllNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void Requests_DecodedAndEncoded_AreByteIdentical(string name)
    {
        foreach (RecordedCall call in Recording.Load(name).Calls())
        {
            if (name == "server_raw_errors" && call.Method is "version" or "get_actors_by_id")
                continue; // wrong on purpose
            RpcRequest request = RpcRequest.Read(call.Request);
            MessagePackReader arguments = request.ReadArguments(out bool ignoreResponse);
            byte[] encoded = Encode((ref MessagePackWriter writer) =>
            {
                RpcRequest.WriteHeader(ref writer, request.Id, request.Method, request.ParameterCount - 1, ignoreResponse);
                MessagePackReader reader = request.ReadArguments(out _);
                CopyArguments(request.Method, ref reader, ref writer);
                Assert.True(reader.End, $"{request.Method}: arguments left over");
            });
            Assert.Equal(Convert.ToHexString(call.Request), Convert.ToHexString(encoded));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Answers_DecodedAndEncoded_AreByteIdentical(string name)
    {
        foreach (RecordedCall call in Recording.Load(name).Calls())
        {
            RpcResponse response = RpcResponse.Read(call.Answer);
            byte[] encoded = Encode((ref MessagePackWriter writer) =>
            {
                if (response.Error is { } rpclibError)
                {
                    RpcResponse.WriteError(ref writer, response.Id, rpclibError);
                    return;
                }
                RpcResponse.WriteHeader(ref writer, response.Id);
                MessagePackReader reader = new(response.Result);
                CopyResult(call.Method, ref reader, ref writer);
                Assert.True(reader.End, $"{call.Method}: result left over");
            });
            Assert.Equal(Convert.ToHexString(call.Answer), Convert.ToHexString(encoded));
        }
    }

    [Fact]
    public void RawErrors_OurTexts_AreRpclibs()
    {
        RecordedCall[] calls = [.. Recording.Load("server_raw_errors").Calls()];
        string[] errors = [.. calls.Select(c => RpcResponse.Read(c.Answer).Error).OfType<string>()];
        Assert.Equal(
            [
                RpcErrors.UnknownMethod("nope", 1), RpcErrors.WrongArity("get_actors_by_id", sent: 1, wanted: 2),
                RpcErrors.WrongArity("version", sent: 2, wanted: 1), RpcErrors.WrongType("get_actors_by_id", 2),
            ], errors);
        Assert.Equal([true, false, false, false], errors.Select(RpcErrors.IsUnknownMethod));
        Assert.Equal([false, true, true, false], errors.Select(RpcErrors.IsWrongArity));
    }

    private static void CopyArguments(string method, ref MessagePackReader reader, ref MessagePackWriter writer)
    {
        switch (method)
        {
            case "spawn_actor":
                ActorDescription.Read(ref reader).Write(ref writer);
                Transform.Read(ref reader).Write(ref writer);
                break;
            case "spawn_actor_with_parent":
                ActorDescription.Read(ref reader).Write(ref writer);
                Transform.Read(ref reader).Write(ref writer);
                writer.Write(reader.ReadUInt32());
                writer.Write(reader.ReadUInt32());
                writer.Write(reader.ReadString());
                break;
            case "set_episode_settings":
                EpisodeSettings.Read(ref reader).Write(ref writer);
                break;
            case "set_weather_parameters":
                WeatherParameters.Read(ref reader).Write(ref writer);
                break;
            case "set_actor_transform":
                writer.Write(reader.ReadUInt32());
                Transform.Read(ref reader).Write(ref writer);
                break;
            case "set_actor_location":
                writer.Write(reader.ReadUInt32());
                Vector3D.Read(ref reader).Write(ref writer);
                break;
            case "apply_control_to_vehicle":
                writer.Write(reader.ReadUInt32());
                VehicleControl.Read(ref reader).Write(ref writer);
                break;
            case "apply_batch":
                Command.WriteArray(ref writer, Command.ReadArray(ref reader, Profile), Profile);
                writer.Write(reader.ReadBoolean());
                break;
            case "get_actors_by_id":
                WireFormat.WriteUInt32s(ref writer, WireFormat.ReadUInt32s(ref reader));
                break;
            case "add_traffic_manager_running":
                TrafficManagerAddress.Read(ref reader).Write(ref writer);
                break;
            default:
                while (!reader.End)
                    CopyScalar(ref reader, ref writer);
                break;
        }
    }

    private static void CopyResult(string method, ref MessagePackReader reader, ref MessagePackWriter writer)
    {
        if (method == "apply_batch")
        {
            int count = reader.ReadArrayHeader();
            writer.WriteArrayHeader(count);
            for (int i = 0; i < count; i++)
                CopyResult("batch item", ref reader, ref writer);
            return;
        }
        bool isVoid = method is "set_actor_transform" or "set_actor_location" or "set_actor_simulate_physics" or "apply_control_to_vehicle"
            or "load_new_episode" or "set_weather_parameters";
        if (CarlaResponse.ReadHeader(ref reader) is { } error)
        {
            CarlaResponse.WriteError(ref writer, error, methodHasValue: !isVoid);
            return;
        }
        if (isVoid)
        {
            CarlaResponse.WriteOk(ref writer);
            return;
        }
        CarlaResponse.WriteValueHeader(ref writer);
        switch (method)
        {
            case "get_episode_info":
                EpisodeInfo.Read(ref reader).Write(ref writer);
                break;
            case "get_sensor_token":
                StreamToken.Read(ref reader).Write(ref writer);
                break;
            case "get_episode_settings":
                EpisodeSettings.Read(ref reader).Write(ref writer);
                break;
            case "get_weather_parameters":
                WeatherParameters.Read(ref reader).Write(ref writer);
                break;
            case "get_map_info":
                MapInfo.Read(ref reader).Write(ref writer);
                break;
            case "get_actor_definitions":
                WireFormat.WriteArray<ActorDefinition>(ref writer, WireFormat.ReadArray<ActorDefinition>(ref reader));
                break;
            case "get_actors_by_id":
                WireFormat.WriteArray<Actor>(ref writer, WireFormat.ReadArray<Actor>(ref reader));
                break;
            case "spawn_actor" or "spawn_actor_with_parent" or "get_spectator":
                Actor.Read(ref reader).Write(ref writer);
                break;
            case "get_actor_bounding_box":
                BoundingBox.Read(ref reader).Write(ref writer);
                break;
            case "get_available_maps" or "get_required_files":
                WireFormat.WriteStrings(ref writer, WireFormat.ReadStrings(ref reader));
                break;
            case "query_lights_state" or "get_vehicle_light_states":
                writer.WriteRaw(WireFormat.ReadRaw(ref reader, 1));
                break;
            default:
                CopyScalar(ref reader, ref writer);
                break;
        }
    }

    private static void CopyScalar(ref MessagePackReader reader, ref MessagePackWriter writer)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Boolean:
                writer.Write(reader.ReadBoolean());
                break;
            case MessagePackType.Integer:
                writer.Write(reader.ReadUInt64());
                break;
            case MessagePackType.String:
                writer.Write(reader.ReadString());
                break;
            default:
                Assert.Fail($"unexpected {reader.NextMessagePackType}");
                break;
        }
    }

    private delegate void WriteMessage(ref MessagePackWriter writer);

    private static byte[] Encode(WriteMessage write)
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter writer = new(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
