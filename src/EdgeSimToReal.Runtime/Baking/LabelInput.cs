using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Runtime.Baking;

/// <summary>The label map that a label-conditioned live graph takes beside the picture.</summary>
/// <param name="Space">The map's label space; its class count is the map's number of channels.</param>
/// <param name="Stride">Image pixels that a cell of the map stands for, in each direction.</param>
public sealed record LabelInput(LabelSpace Space, int Stride);
