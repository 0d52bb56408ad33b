using System.CommandLine;
using EdgeSimToReal.CommandLine;
using EdgeSimToReal.Networks.Computing;
using EdgeSimToReal.Trainer.Commands;
using EdgeSimToReal.Trainer.Verbs;

TorchComputing.Begin();
return CommandHost.Run(
    new RootCommand("Trains the networks of EdgeSimToReal: segmenters and the label-consistent swapping autoencoder.")
    {
        TrainingCommand.Create(new SegmenterVerb()),
        TrainingCommand.Create(new LcsaeVerb()),
        ExportCommand.Create(),
        CheckCommand.Create(),
    },
    args, "Build this program again: 'dotnet build -c Release src/EdgeSimToReal.Trainer'.");
