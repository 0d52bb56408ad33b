namespace EdgeSimToReal.Town.Scene;

/// <summary>A piece of the town that never moves.</summary>
/// <param name="Mesh">Its triangles, in world coordinates.</param>
/// <param name="NearLimit">It is drawn where its middle is at least this far from the camera, metres.</param>
/// <param name="FarLimit">And nearer than this.</param>
/// <param name="CastsShadow">Whether it is in shadow maps.</param>
internal sealed record StaticChunk(Mesh Mesh, float NearLimit, float FarLimit, bool CastsShadow);
