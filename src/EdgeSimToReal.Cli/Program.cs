using EdgeSimToReal.Cli.Commands;
using EdgeSimToReal.Cli.Console;

return CommandHost.Run(RootCommandFactory.Create(), args);
