namespace EdgeSimToReal.Carla.Wire;

/// <summary>
/// What a blueprint's attribute holds. The number on the wire is this plus <see cref="ServerProfile.AttributeTypeBase"/>.
/// </summary>
public enum AttributeKind
{
    /// <summary>"true" or "false", in any case.</summary>
    Boolean,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A number.</summary>
    Float,

    /// <summary>A text.</summary>
    Text,

    /// <summary>Three bytes, "255,0,0".</summary>
    Color,

    /// <summary>Three numbers (0.10).</summary>
    Vector,
}
