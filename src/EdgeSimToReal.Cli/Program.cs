using EdgeSimToReal.Cli.Commands;
using EdgeSimToReal.CommandLine;

return CommandHost.Run(RootCommandFactory.Create(), TrainCommand.Quote(args), "Run 'edgesim doctor'.");
