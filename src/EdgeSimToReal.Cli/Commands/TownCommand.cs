using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Core;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim town`: serves the built-in simulator over the CARLA protocol until interrupted.</summary>
public static class TownCommand
{
    private static readonly string[] Versions = ["0.9.10", "0.9.11", "0.9.12", "0.9.13", "0.9.14", "0.9.15", "0.9.16", "0.10"];

    public static Command Create()
    {
        Option<int> port = new Option<int>("--port", "-p")
        {
            Description = "RPC port; the streams use the next one. 0: free ones.",
            DefaultValueFactory = _ => 2000,
        }.Between(0, 65534);
        Option<string> version = new("--as")
        {
            Description = $"The CARLA version to imitate: {string.Join(", ", Versions)}.",
            DefaultValueFactory = _ => "0.9.16",
        };
        version.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Versions.Contains(token.Value))
                result.AddError($"The Town can't imitate CARLA '{token.Value}'. Give one of: {string.Join(", ", Versions)}.");
        });
        Option<ulong> seed = new("--seed") { Description = "Seed of the street.", DefaultValueFactory = _ => 1 };
        Option<int> replay = new Option<int>("--replay")
        {
            Description = "Render so many frames beforehand and serve them from memory, so that the server costs next to nothing.",
            DefaultValueFactory = _ => 0,
        }.Between(0, 100_000);
        Option<double> rate = new Option<double>("--rate")
        {
            Description = "Frames a second in asynchronous mode.",
            DefaultValueFactory = _ => 30,
        }.Between(0.1, 1000.0);
        Command command = new("town", "Serve the built-in simulator over the CARLA protocol (loopback) until interrupted.")
        {
            port, version, seed, replay, rate,
        };
        command.SetAction(parsed =>
        {
            using Interruption interruption = new();
            using TownServer town = TownServer.Start(new TownServerOptions
            {
                Port = parsed.GetValue(port),
                Version = parsed.GetValue(version)!,
                Seed = parsed.GetValue(seed),
                Replay = parsed.GetValue(replay),
                Rate = parsed.GetValue(rate),
            });
            // Scripts wait for this line; it is the only one on standard output.
            System.Console.Out.WriteLine($"carla://127.0.0.1:{town.Port}");
            Terminal.Note($"Town as CARLA {parsed.GetValue(version)}, streams on port {town.StreamingPort}; Ctrl-C ends it.");
            interruption.Token.WaitHandle.WaitOne();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
