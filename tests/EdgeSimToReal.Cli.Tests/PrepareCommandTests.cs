using System.Text.Json;
using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Labels;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>The verb around the preparation: options, exit codes, what is told. The layouts have tests of their own.</summary>
public sealed class PrepareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PlainFolders_ArePrepared_AndAFaultyPairIsNamed_OrFailsIfStrict()
    {
        Pictures.WriteLabelled(_folder["in"], 6, LabelSpaces.CityscapesIds);
        Pictures.WriteFolder(_folder["in/images"], 7); // the seventh has no label
        string[] line = ["prepare", _folder["in"], "--source-labels", "cityscapes", "--size", "32x16", "--json"];
        ProcessResult result = Edgesim.Run([.. line, "-o", _folder["out"]]).Good();
        JsonElement report = JsonDocument.Parse(result.Text).RootElement;
        Assert.Equal(6, report.GetProperty("written").GetInt32());
        Assert.Equal("missingLabel", report.GetProperty("problems")[0].GetProperty("fault").GetString());
        Assert.True(File.Exists(_folder["out/contact-sheet.png"]));
        Assert.Equal(6, File.ReadAllLines(_folder["out/train.txt"]).Length + File.ReadAllLines(_folder["out/val.txt"]).Length);
        Edgesim.Run("prepare", "--check", _folder["out"]).Good();

        Assert.Contains("6.png", Edgesim.Run([.. line, "-o", _folder["strict"], "--strict"]).OneError(ExitCode.BadInput));
        Assert.False(Directory.Exists(_folder["strict"]));
    }

    [Fact]
    public void TheCheck_FailsForAFaultyFrame_AndTheTableTellsClasses()
    {
        Pictures.WriteLabelled(_folder["in"], 3, LabelSpaces.Common16);
        ProcessResult result = Edgesim.Run("prepare", _folder["in"], "--source-labels", "common16", "--val-share", "0", "-o",
            _folder["out"]).Good();
        Assert.Contains("traffic sign", result.Error);
        File.Delete(Directory.GetFiles(_folder["out/train/labels"])[0]);
        result = Edgesim.Run("prepare", "--check", _folder["out"]);
        Assert.Equal((int)ExitCode.BadInput, result.Code);
        Assert.Contains("3 frames in 1 folders, 1 faulty", result.Error);
    }

    [Fact]
    public void AFolderInNoKnownLayout_IsToldWithWhatWasLookedFor()
    {
        Directory.CreateDirectory(_folder["in/stuff"]);
        string error = Edgesim.Run("prepare", _folder["in"], "-o", _folder["out"]).OneError(ExitCode.BadInput);
        Assert.Contains("leftImg8bit/train", error);
        Assert.Contains("'stuff'", error);
        Assert.False(Directory.Exists(_folder["out"]));
        Edgesim.Run("prepare", _folder["nothing"], "-o", _folder["out"]).OneError(ExitCode.BadInput);
    }
}
