namespace EdgeSimToReal.Core.Bundles;

/// <summary>One data set that a bundle's weights saw.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Images">How many images of it.</param>
/// <param name="Role">"structure" (simulator) or "texture" (real photographs).</param>
/// <param name="Licence">Its terms of use.</param>
public sealed record BundleTrainingData(string Name, int Images, string Role, string Licence);
