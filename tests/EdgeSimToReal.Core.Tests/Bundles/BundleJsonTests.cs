using System.Text.Json.Nodes;
using EdgeSimToReal.Core.Bundles;

namespace EdgeSimToReal.Core.Tests.Bundles;

/// <summary>What descriptions and manifests leave out has its default.</summary>
public class BundleJsonTests
{
    [Fact]
    public void Description_OfTheLeast_HasTheDefaults()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["least.json"], """{ "name": "a", "description": "b", "licence": "c" }""");
        BundleDescription description = BundleDescription.Read(folder["least.json"]);
        Assert.Equal((512, 256), (description.DefaultWidth, description.DefaultHeight));
        Assert.Empty(description.TrainingData);
        Assert.Empty(description.Teachers);
        Assert.Empty(description.SelectedBy);
        Assert.Empty(description.Metrics);
    }

    [Fact]
    public void Manifest_ThatNamesNoTeachers_HasNone()
    {
        string path = Path.Combine(SharedFolder.Repository, "models", "edge", BundleManifest.FileName);
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (string optional in new[] { "teachers", "selectedBy", "trainingData", "metrics" })
            json.Remove(optional);
        BundleManifest manifest = BundleManifestJson.Read(json.ToJsonString(), path);
        Assert.Empty(manifest.Teachers);
        Assert.Empty(manifest.SelectedBy);
        Assert.Empty(manifest.TrainingData);
        Assert.Empty(manifest.Metrics);
        manifest = manifest with { Teachers = ["0011"] };
        Assert.Equal(["0011"], BundleManifestJson.Read(BundleManifestJson.Write(manifest), path).Teachers);
    }
}
