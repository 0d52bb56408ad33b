using System.Text.Json;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>A recorded conversation of golden/carla.</summary>
internal sealed class Recording
{
    private Recording(RecordedMessage[] messages) => Messages = messages;

    /// <summary>All recordings' names.</summary>
    public static string[] Names { get; } =
    [
        "both_actors", "both_cameras", "both_errors", "both_handshake", "both_listen_again", "both_load_world", "both_map", "both_settings",
        "both_sync_mode", "both_weather", "client_actors", "client_autopilot", "client_batch", "client_cameras", "client_errors",
        "client_handshake", "client_listen_again", "client_load_world", "client_map", "client_settings", "client_sync_mode",
        "client_weather", "server_raw_errors",
    ];

    public static TheoryData<string> AllNames => [.. Names];

    public RecordedMessage[] Messages { get; }

    public static Recording Load(string name)
    {
        string path = SharedFolder.Require("golden", "carla", name + ".jsonl");
        return new([.. File.ReadLines(path).Select(line =>
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            return new RecordedMessage(root.GetProperty("conn").GetInt32(), root.GetProperty("port").GetString() == "rpc",
                root.GetProperty("dir").GetString() == "c2s", Convert.FromHexString(root.GetProperty("hex").GetString()!));
        })]);
    }

    /// <summary>All calls with their answers, in the order of the requests.</summary>
    public IReadOnlyList<RecordedCall> Calls()
    {
        List<RecordedCall> calls = [];
        foreach (RecordedMessage message in Messages.Where(m => m.IsRpc && m.FromClient && m.Bytes.Length > 0))
        {
            RpcRequest request = RpcRequest.Read(message.Bytes);
            byte[] answer = Messages.First(m => m.IsRpc && !m.FromClient && m.Connection == message.Connection && m.Bytes.Length > 0
                && RpcResponse.Read(m.Bytes).Id == request.Id).Bytes;
            calls.Add(new(request.Method, message.Bytes, answer));
        }
        return calls;
    }
}
