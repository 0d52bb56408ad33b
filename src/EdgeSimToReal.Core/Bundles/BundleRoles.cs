namespace EdgeSimToReal.Core.Bundles;

/// <summary>The roles of a bundle's files, keys of <see cref="BundleManifest.Files"/>.</summary>
public static class BundleRoles
{
    /// <summary>image [N, 3, H, W] → structure code.</summary>
    public const string StructureEncoder = "structure-encoder";

    /// <summary>image [N, 3, H, W] → texture code.</summary>
    public const string TextureEncoder = "texture-encoder";

    /// <summary>structure code, texture code, noise maps (and the label map of a conditioned one) → image.</summary>
    public const string Generator = "generator";

    /// <summary>Prefix of the roles of stored texture codes: "texture/NAME".</summary>
    public const string TexturePrefix = "texture/";

    /// <summary>image [N, 3, H, W] → logits of the label guard, see <see cref="BundleGuard"/>.</summary>
    public const string Guard = "guard";

    /// <summary>The model card for people.</summary>
    public const string ModelCard = "model-card";
}
