using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Town.Tests.Server;

/// <summary>Town passes the client side of the recordings of the official client 0.9.16.</summary>
public sealed class RecordingTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => new(
        from side in new[] { "client", "both" }
        from scenario in new[]
        {
            "actors", "autopilot", "batch", "cameras", "errors", "handshake", "listen_again", "load_world", "map", "settings",
            "sync_mode", "weather",
        }
        where side == "client" || scenario is not ("autopilot" or "batch")
        select $"{side}_{scenario}");

    [Theory]
    [MemberData(nameof(Names))]
    public void Recording_PlayedAgainstTown_GetsAnswersAndMessagesOfTheRecordedForm(string name)
    {
        using TownServer server = TownRig.Start(TownRig.Empty with { Version = "0.9.16", Rate = 60 });
        using RecordingPlayer player = new(server, Recording.Read(name));
        player.Play();
        output.WriteLine($"{name}: {player.Checked.Answers} answers, {player.Checked.Messages} stream messages.");
        Assert.True(player.Checked is { Answers: >= 7, Messages: >= 1 });
    }
}
