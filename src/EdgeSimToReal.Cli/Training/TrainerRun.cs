using System.Security.Cryptography;
using System.Text;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Training;

/// <summary>One training in a folder of its own, which is begun, gone on with, or found done.</summary>
/// <remarks>
/// The folder: "settings.txt" (what was asked for), "train.log" (the child's messages), "run" (edgesim-train's own folder), and
/// "diverged.txt" where the training ended that way.
/// </remarks>
public sealed class TrainerRun
{
    private readonly string _verb;
    private readonly IReadOnlyList<string> _arguments;
    private readonly string _settings;
    private readonly string _product;

    /// <summary>Describes a run; nothing is written.</summary>
    /// <param name="verb">"lcsae" or "segmenter".</param>
    /// <param name="folder">The folder.</param>
    /// <param name="arguments">The verb's arguments but for the output.</param>
    /// <param name="configuration">The configuration file among them, whose content counts as a setting; null: none.</param>
    /// <param name="product">The file that is written last of the weights.</param>
    /// <exception cref="EdgeSimException">The configuration can't be read.</exception>
    public TrainerRun(string verb, string folder, IReadOnlyList<string> arguments, string? configuration, string product)
    {
        (_verb, Folder, _arguments) = (verb, folder, arguments);
        _product = Path.Combine(Weights, product);
        StringBuilder settings = new();
        settings.AppendJoin('\n', arguments.Prepend(verb)).Append('\n');
        if (configuration is not null)
            settings.Append($"SHA-256 of the configuration: {Checksum(configuration)}\n");
        _settings = settings.ToString();
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The child's messages.</summary>
    public string Log => Path.Combine(Folder, "train.log");

    /// <summary>The resolved configuration, once the training has begun.</summary>
    public string Configuration => Path.Combine(Run, "config.json");

    /// <summary>The weights' folder, once the training is done.</summary>
    public string Weights => Path.Combine(Run, "weights");

    /// <summary>How the training diverged; null where it did not.</summary>
    public string? Divergence => File.Exists(DivergencePath) ? File.ReadAllText(DivergencePath).Trim() : null;

    /// <summary>How far it is.</summary>
    public TrainerRunState State => File.Exists(_product) ? TrainerRunState.Done
        : File.Exists(DivergencePath) ? TrainerRunState.Diverged
        : HasCheckpoint ? TrainerRunState.Cut : TrainerRunState.New;

    private string Run => Path.Combine(Folder, "run");

    private string SettingsPath => Path.Combine(Folder, "settings.txt");

    private string DivergencePath => Path.Combine(Folder, "diverged.txt");

    private bool HasCheckpoint
    {
        get
        {
            string checkpoints = Path.Combine(Run, "checkpoints");
            return Directory.Exists(checkpoints) && Directory.EnumerateFiles(checkpoints, "step-*.checkpoint").Any();
        }
    }

    /// <summary>Refuses a folder that holds a run of other settings.</summary>
    /// <exception cref="EdgeSimException">It does.</exception>
    public void RequireSameSettings()
    {
        if (File.Exists(SettingsPath) && File.ReadAllText(SettingsPath) != _settings)
        {
            throw new EdgeSimException($"'{Folder}' holds a training with other settings; they are in '{SettingsPath}'.",
                "Give another output folder, or remove this one.");
        }
    }

    /// <summary>Has edgesim-train check the settings: keys, values, data.</summary>
    /// <param name="cancellation">Ends the check.</param>
    /// <returns>The resolved configuration, JSON.</returns>
    /// <exception cref="EdgeSimException">Something is wrong with them.</exception>
    /// <exception cref="OperationCanceledException">The check was interrupted.</exception>
    public string Check(CancellationToken cancellation)
    {
        const string Marker = "\nconfiguration\n";
        TrainerResult result = TrainerProcess.Run([_verb, .. _arguments, "--dry-run"], null, null, cancellation);
        if (result.Code != ExitCode.Ok)
            throw Failed(result);
        return result.Output[(result.Output.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..];
    }

    /// <summary>Trains what is left to train.</summary>
    /// <param name="tell">Gets the child's messages.</param>
    /// <param name="cancellation">Has the child save and end.</param>
    /// <returns>Whether the weights are there; false where the training diverged.</returns>
    /// <exception cref="EdgeSimException">The training failed otherwise, or the folder holds another one.</exception>
    /// <exception cref="OperationCanceledException">The training was interrupted; a further call goes on with it.</exception>
    public bool Train(Action<string> tell, CancellationToken cancellation)
    {
        RequireSameSettings();
        if (State is TrainerRunState.Done or TrainerRunState.Diverged)
            return State == TrainerRunState.Done;
        AtomicFile.WriteText(SettingsPath, _settings);
        string[] arguments = HasCheckpoint ? [_verb, "--resume", "-o", Run] : [_verb, .. _arguments, "-o", Run];
        TrainerResult result = TrainerProcess.Run(arguments, Log, tell, cancellation);
        if (result.Code == ExitCode.Diverged)
            AtomicFile.WriteText(DivergencePath, result.Error + "\n");
        else if (result.Code != ExitCode.Ok || !File.Exists(_product))
            throw Failed(result);
        return result.Code == ExitCode.Ok;
    }

    private static string Checksum(string path)
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdgeSimException($"Can't read the configuration '{path}': {error.Message.TrimEnd('.')}.",
                "Give the path of a JSON file.", ExitCode.BadInput, error);
        }
    }

    private EdgeSimException Failed(TrainerResult result)
    {
        string reason = result.Error.Length > 0 ? result.Error : $"it ended with code {(int)result.Code}.";
        return new EdgeSimException($"{TrainerProgram.Name} {_verb} for '{Folder}': {reason}",
            File.Exists(Log) ? $"Its messages are in '{Log}'." : null,
            result.Code != ExitCode.Ok && Enum.IsDefined(result.Code) ? result.Code : ExitCode.Internal); // a signal's is none of ours
    }
}
