using EdgeSimToReal.Carla.Wire;
using MessagePack;

namespace EdgeSimToReal.Carla.Tests.Support;

/// <summary>What was called, with the arguments after the metadata as readable text, attributes sorted and numbers in one form.</summary>
internal sealed record RecordedRequest(string Method, string Arguments)
{
    public static RecordedRequest From(RpcRequest request)
    {
        MessagePackReader reader = request.ReadArguments(out _);
        List<string> arguments = [];
        for (int i = 1; i < request.ParameterCount; i++)
        {
            if (i == 1 && request.Method is "spawn_actor" or "spawn_actor_with_parent" && arguments.Count == 0)
            {
                ActorDescription description = ActorDescription.Read(ref reader);
                string attributes = string.Join(" ", description.Attributes.Select(a => $"{a.Id}:{a.Type}={Normalize(a.Value)}").Order());
                arguments.Add($"{description.Uid} {description.Id} {attributes}");
                continue;
            }
            arguments.Add(Convert.ToHexString(WireFormat.ReadRaw(ref reader, 1)));
        }
        return new(request.Method, string.Join(", ", arguments));
    }

    private static string Normalize(string value) => float.TryParse(value, out float number) ? number.ToString("R") : value;
}
