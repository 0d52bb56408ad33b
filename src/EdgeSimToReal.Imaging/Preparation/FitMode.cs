namespace EdgeSimToReal.Imaging.Preparation;

/// <summary>How pictures of another aspect are brought to the prepared size. Neither distorts.</summary>
public enum FitMode
{
    /// <summary>The largest centred part with the right aspect.</summary>
    Crop,

    /// <summary>The whole picture, with black bars whose labels are ignored.</summary>
    Letterbox,
}
