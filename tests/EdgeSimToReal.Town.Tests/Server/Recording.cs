using System.Text.Json;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>A byte transcript of the CARLA protocol from the shared folder (golden/carla/README.md).</summary>
internal static class Recording
{
    public static List<RecordedLine> Read(string name)
    {
        List<RecordedLine> lines = [];
        foreach (string text in File.ReadLines(SharedFolder.Require("golden", "carla", name + ".jsonl")))
        {
            using JsonDocument line = JsonDocument.Parse(text);
            JsonElement root = line.RootElement;
            lines.Add(new RecordedLine(
                root.GetProperty("conn").GetInt32(),
                root.GetProperty("port").GetString() == "rpc",
                root.GetProperty("dir").GetString() == "c2s",
                Convert.FromHexString(root.GetProperty("hex").GetString()!)));
        }
        return lines;
    }
}
