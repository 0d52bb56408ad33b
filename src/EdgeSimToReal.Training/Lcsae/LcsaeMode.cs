using System.Text.Json.Serialization;

namespace EdgeSimToReal.Training.Lcsae;

/// <summary>Which method is trained.</summary>
public enum LcsaeMode
{
    /// <summary>The original swapping autoencoder: textures are swapped among all images, unsupervised (LC-SAE report, 2.4.3).</summary>
    Sae,

    /// <summary>The report's baseline: only simulator structure with real texture, no semantic loss (chapter 3).</summary>
    [JsonStringEnumMemberName("sim2real")]
    Sim2Real,

    /// <summary>The label-consistent form: the baseline with the inner and the outer semantic loss (3.1 to 3.3).</summary>
    Lcsae,
}
