using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Networks;
using EdgeSimToReal.Networks.Weights;
using EdgeSimToReal.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Lcsae;

/// <content>Checkpoints and export.</content>
public sealed partial class LcsaeTraining
{
    private const string SelectedByKey = "selectedBy";

    private SwappingAutoencoder? _averaged;

    /// <summary>
    /// Identities of the networks that teach, as they were when the training began: the segmenters where an objective asks them, and the
    /// network whose features hybrids are held to.
    /// </summary>
    public IReadOnlyList<string> TeacherIds =>
        [.. _configuration.AsksSegmenters ? _teachers.Ids : [], .. _features is null ? [] : new[] { _features.Id }];

    /// <summary>
    /// Identities of the segmenters whose readings have scored this training's checkpoints and so chose the best one; the judge may have
    /// changed on the way.
    /// </summary>
    public IReadOnlyList<string> SelectedBy => _selectedBy;

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        foreach ((string name, nn.Module module) in Networks())
            state.PutModule(name, module);
        _generatorSide.Save(state, "optimiser.generator");
        if (_configuration.HasDiscriminators)
            _discriminatorSide.Save(state, "optimiser.discriminator");
        _criticSide?.Save(state, "optimiser.features");
        _style.Save(state, "style");
        _colour.Save(state, "colour");
        _means.Save(state, "means");
        _average?.Save(state, "average");
        _teachers.Save(state);
        state.Texts[SelectedByKey] = string.Join(' ', _selectedBy);
    }

    /// <inheritdoc/>
    public void Load(TrainingState state)
    {
        _data?.Dispose();
        _data = null;
        state.RequireKind(Kind);
        foreach ((string name, nn.Module module) in Networks())
            state.LoadModule(name, module);
        _generatorSide.Load(state, "optimiser.generator");
        if (_configuration.HasDiscriminators)
            _discriminatorSide.Load(state, "optimiser.discriminator");
        _criticSide?.Load(state, "optimiser.features");
        _style.Load(state, "style", _device);
        _colour.Load(state, "colour", _device);
        _means.Load(state, "means", _device);
        _average?.Load(state, "average");
        _teachers.Load(state);
        // Beside those that have scored since: a run loads its best checkpoint at last, which later ones were compared with.
        SelectedByAlso(state.Texts.GetValueOrDefault(SelectedByKey, "").Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Step = state.Step;
    }

    /// <inheritdoc/>
    public void Resume(TrainingState state)
    {
        Load(state);
        _teachers.RequireUnchanged(state.Source);
    }

    /// <inheritdoc/>
    public void Export(string folder)
    {
        Dictionary<string, string> metadata = _configuration.Network.ToMetadata();
        metadata["label_space"] = _configuration.LabelSpace;
        metadata["steps"] = Step.ToString(System.Globalization.CultureInfo.InvariantCulture);
        new SafetensorsFile(ModuleWeights.Export(Serving()), metadata).Write(Path.Combine(folder, "weights.safetensors"));
    }

    /// <summary>Encoder and generator as they are to be used: the moving average where there is one.</summary>
    /// <returns>Networks that belong to this training; later steps don't change an average's copy until the next call.</returns>
    public SwappingAutoencoder Serving()
    {
        if (_average is null)
            return _autoencoder;
        _averaged ??= new SwappingAutoencoder(_configuration.Network).to(_device);
        _average.CopyTo(_averaged);
        return _averaged;
    }
}
