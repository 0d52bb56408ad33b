using EdgeSimToReal.Training.Data;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>What is measured on held-out pictures.</summary>
public sealed record LcsaeValidation
{
    /// <summary>Held-out simulator frames with labels; null: nothing is validated.</summary>
    public ImageSetOptions? Simulated { get; init; }

    /// <summary>Held-out photographs, for reconstructions and as textures; null: nothing is validated.</summary>
    public ImageSetOptions? Real { get; init; }

    /// <summary>
    /// A segmenter or ONNX network that takes no part in the training and reads the hybrids; null: the outer segmenters are asked, and the run's best
    /// checkpoint is then the one that pleases its own teachers.
    /// </summary>
    public TeacherOptions? Judge { get; init; }

    /// <summary>How many frames, spread over the set.</summary>
    public int Frames { get; init; } = 20;
}
