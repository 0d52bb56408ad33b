using System.CommandLine;
using EdgeSimToReal.Cli.Console;
using EdgeSimToReal.Core;
using EdgeSimToReal.Town.Server;

namespace EdgeSimToReal.Cli.Commands;

/// <summary>`edgesim town`: serves the built-in simulator over the CARLA protocol until interrupted.</summary>
public static class TownCommand
{
    public static Command Create()
    {
        Option<int> port = new("--port", "-p") { Description = "RPC port; the streams use the next one. 0: free ones.", DefaultValueFactory = _ => 2000 };
        Option<string> version = new("--as") { Description = "The CARLA version to imitate: 0.9.13, 0.9.14, 0.9.15, 0.9.16 or 0.10.", DefaultValueFactory = _ => "0.9.16" };
        Option<ulong> seed = new("--seed") { Description = "Seed of the street.", DefaultValueFactory = _ => 1 };
        Option<int> replay = new("--replay")
        {
            Description = "Render so many frames beforehand and serve them from memory, so that the server costs next to nothing.",
            DefaultValueFactory = _ => 0,
        };
        Option<double> rate = new("--rate") { Description = "Frames a second in asynchronous mode.", DefaultValueFactory = _ => 30 };
        Command command = new("town", "Serve the built-in simulator over the CARLA protocol (loopback) until interrupted.") { port, version, seed, replay, rate };
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
