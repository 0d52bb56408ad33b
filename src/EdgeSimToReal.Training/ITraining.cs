using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Training.Checkpoints;

namespace EdgeSimToReal.Training;

/// <summary>One training, step by step; a <see cref="Running.TrainingRun"/> drives it.</summary>
/// <remarks>
/// A step is a pure function of the state and the step's number: all randomness follows <see cref="StepSeed"/>. So a training whose
/// state was saved after step n and loaded again goes on as if it had never stopped, to the bit on the CPU.
/// </remarks>
public interface ITraining : IDisposable
{
    /// <summary>What is trained: "segmenter" or "lcsae".</summary>
    string Kind { get; }

    /// <summary>The whole typed configuration as JSON.</summary>
    string Configuration { get; }

    /// <summary>Steps done.</summary>
    long Step { get; }

    /// <summary>Steps planned.</summary>
    long Steps { get; }

    /// <summary>Images that a step learns from.</summary>
    int ImagesPerStep { get; }

    /// <summary>The trained networks' convolutions that compute in fp32 whatever the networks compute in, by their weights' names.</summary>
    IReadOnlyList<string> KeptInSingle => [];

    /// <summary>Time spent waiting for data since the start of this process.</summary>
    TimeSpan Waited { get; }

    /// <summary>Takes one step.</summary>
    /// <returns>
    /// Scalars by name, e.g. "loss/l1", "gradient/E" (norms), "rate/G" (learning rates). A value that is not finite means divergence.
    /// </returns>
    IReadOnlyDictionary<string, double> Advance();

    /// <summary>Puts everything that the next step depends on into a state.</summary>
    /// <param name="state">An empty state.</param>
    void Save(TrainingState state);

    /// <summary>Takes everything that the next step depends on from a state.</summary>
    /// <param name="state">A state that a training of this kind and configuration has saved.</param>
    /// <exception cref="Core.EdgeSimException">The state belongs to other networks.</exception>
    void Load(TrainingState state);

    /// <summary>
    /// Loads a state to take further steps from it: also refuses what the steps need, the state does not hold, and has changed since.
    /// </summary>
    /// <param name="state">As for <see cref="Load"/>.</param>
    /// <exception cref="Core.EdgeSimException">The state belongs to other networks, or such a file is another one now.</exception>
    void Resume(TrainingState state) => Load(state);

    /// <summary>Judges the present weights on images that were not learnt from; changes nothing that a step depends on.</summary>
    /// <returns>null where there is nothing to validate on.</returns>
    ValidationResult? Validate();

    /// <summary>Draws pictures of what the present weights do; changes nothing that a step depends on.</summary>
    /// <returns>Pictures by name, e.g. "samples".</returns>
    IReadOnlyDictionary<string, Frame> Samples();

    /// <summary>Writes the present weights for use: safetensors, and ONNX where it applies.</summary>
    /// <param name="folder">The folder to create or to write over.</param>
    /// <exception cref="Core.EdgeSimException">A file can't be written, or a weight is not finite.</exception>
    void Export(string folder);
}
