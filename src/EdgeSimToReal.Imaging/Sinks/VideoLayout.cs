namespace EdgeSimToReal.Imaging.Sinks;

/// <summary>What a video shows.</summary>
public enum VideoLayout
{
    /// <summary>The translated frames alone.</summary>
    Translated,

    /// <summary>Simulator left, translation right.</summary>
    SideBySide,
}
