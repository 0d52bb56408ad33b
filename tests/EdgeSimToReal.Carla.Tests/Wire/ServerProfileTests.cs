using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Carla.Tests.Wire;

public class ServerProfileTests
{
    [Theory]
    [InlineData("0.9.10", "0.9.10")]
    [InlineData("0.9.10.1", "0.9.10")]
    [InlineData("0.9.13", "0.9.13")]
    [InlineData("0.9.15", "0.9.15")]
    [InlineData("0.9.15-dirty", "0.9.15")]
    [InlineData("0.9.15.2", "0.9.15")]
    [InlineData("0.9.14-12-gca35b6111", "0.9.14")]
    [InlineData("0.9.16", "0.9.16")]
    [InlineData("0.9.17", "0.9.16")]
    [InlineData("0.10.0", "0.10")]
    [InlineData("0.10", "0.10")]
    public void ForVersion_KnownForms_ChoosesTheProfile(string version, string profile) =>
        Assert.Equal(profile, ServerProfile.ForVersion(version).Version);

    [Theory]
    [InlineData("0.9.9")]
    [InlineData("0.8.4")]
    [InlineData("1.0.0")]
    [InlineData("")]
    [InlineData("8f7e40f3c")]
    [InlineData("99999999999.1")]
    public void ForVersion_Unsupported_SaysSo(string version)
    {
        EdgeSimException error = Assert.Throws<EdgeSimException>(() => ServerProfile.ForVersion(version));
        Assert.Equal(ExitCode.Connection, error.ExitCode);
        Assert.Contains("0.9.10 to 0.9.16", error.Message);
    }

    [Fact]
    public void Profiles_AsTheFactsSay()
    {
        // rgb, semantic, world observer, settings, weather, 5-argument spawn, 4-field box: facts §1, §2.
        (int, int, int, int, int, int, int, string)[] expected =
        [
            (11, 12, 13, 3, 10, 4, 3, "carla23"), (11, 12, 13, 8, 10, 4, 3, "carla23"), (12, 13, 14, 10, 13, 4, 3, "carla23"),
            (12, 13, 15, 10, 13, 4, 3, "carla23"), (13, 14, 16, 10, 14, 4, 3, "carla29"), (13, 14, 16, 11, 14, 4, 3, "carla29"),
            (13, 14, 17, 11, 14, 5, 4, "carla29"), (13, 14, 16, 11, 14, 4, 3, "carla29"),
        ];
        Assert.Equal(expected, ServerProfile.All.Select(p => (p.RgbType, p.SemanticType, p.WorldObserverType, p.SettingsFields,
            p.WeatherFields, p.SpawnWithParentArguments, p.BoundingBoxFields, p.Tags.Name)));
        Assert.Equal(["0.9.14", "0.9.15", "0.9.16", "0.10"], ServerProfile.All.Where(p => p.HasSensorToken).Select(p => p.Version));
        Assert.Equal(["0.9.16"], ServerProfile.All.Where(p => p.AttributeTypeBase == 1).Select(p => p.Version));
        Assert.Same(LabelSpaces.Carla29, ServerProfile.ForVersion("0.9.14").Tags);
    }

    [Fact]
    public void Commands_AreNumberedByVersion()
    {
        Assert.Equal(5, ServerProfile.ForVersion("0.9.13").IndexOf(CommandKind.ApplyTransform));
        Assert.Equal(6, ServerProfile.ForVersion("0.9.14").IndexOf(CommandKind.ApplyTransform));
        Assert.Equal(15, ServerProfile.ForVersion("0.9.12").IndexOf(CommandKind.SetAutopilot));
        Assert.Equal(16, ServerProfile.ForVersion("0.9.16").IndexOf(CommandKind.SetAutopilot));
        Assert.Throws<EdgeSimException>(() => ServerProfile.ForVersion("0.9.13").IndexOf(CommandKind.ApplyLocation));
    }
}
