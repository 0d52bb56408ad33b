using System.Net;
using System.Net.Sockets;
using EdgeSimToReal.Cli.Tests.Support;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Cli.Tests;

/// <summary>
/// Whatever is wrong: one line that says what, where and how to mend it, the documented exit code, and nothing left behind.
/// </summary>
public class BadInputTests(TinyModel model)
{
    [Fact]
    public void NoServer_SaysWhere()
    {
        string error = Edgesim.Run("translate", "carla://127.0.0.1:1", "--passthrough", "-o", "none").OneError(ExitCode.Connection);
        Assert.Contains("No CARLA at 127.0.0.1:1", error);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "127.0.0.1")]
    [InlineData("\u0094\u0001\u0001\u00c0\u0091\u0092\u0001\u00a50.8.4", "0.8.4")] // the RPC answer of a server of that version
    public async Task AServerOfAnotherKind_IsNamed(string answer, string expected)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = Task.Run(() =>
        {
            using Socket socket = listener.AcceptSocket();
            socket.Receive(new byte[1024]);
            socket.Send([.. answer.Select(c => (byte)c)]);
            socket.Receive(new byte[1024]); // until the client goes
        });
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        string error = Edgesim.Run("translate", $"carla://127.0.0.1:{port}", "--passthrough", "-o", "none").OneError(ExitCode.Connection);
        Assert.Contains(expected, error);
        Assert.Contains("CARLA", error);
        await serving;
    }

    [Fact]
    public void AFullDiskUnderTheMessages_ChangesNoResult()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using TemporaryFolder folder = new();
        Pictures.WriteFolder(folder["in"], 2);
        Assert.Equal(0, Run("translate", folder["in"], "--passthrough", "-o", folder["out"]).Code);
        Assert.Equal(2, Directory.GetFiles(folder["out"], "*.png", SearchOption.AllDirectories).Length);
        Assert.Equal((int)ExitCode.BadInput, Run("translate", folder["missing"], "--passthrough", "-o", folder["none"]).Code);
        Assert.Equal((int)ExitCode.Usage, Run("translat").Code);

        static ProcessResult Run(params string[] arguments) =>
            Edgesim.Run(arguments, Edgesim.CacheHome.Path, shell: "exec \"$0\" \"$@\" 2> /dev/full");
    }

    [Theory]
    [InlineData("carla://")]
    [InlineData("carla://127.0.0.1:0")]
    [InlineData("carla://127.0.0.1:99999")]
    [InlineData("carla://127.0.0.1:2000/path")]
    public void NoAddress_IsAMistakeOfTheCommandLine(string address) =>
        Assert.Contains("carla://HOST:PORT", Edgesim.Run("translate", address, "--passthrough", "-o", "none").OneError(ExitCode.Usage));

    [Fact]
    public void ASizeThatIsNoMultiple_NamesTheNextOnes()
    {
        using TemporaryFolder folder = new();
        string error = Edgesim.Run("bake", "--model", model.Bundle, "--size", "70x100", "-o", folder["live.onnx"])
            .OneError(ExitCode.BadInput);
        Assert.Contains("70x100", error);
        Assert.Contains("64 or 80", error);
        Assert.Contains("96 or 112", error);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void FramesOfAnotherSize_WhenExactIsAskedFor_AreRefused()
    {
        using TemporaryFolder folder = new();
        Pictures.WriteFolder(folder["in"], 1, 96, 80);
        string error = Edgesim.Run("translate", folder["in"], "--model", model.Bundle, "--fit", "exact", "-o", folder["out"])
            .OneError(ExitCode.BadInput);
        Assert.Contains("96x80", error);
        Assert.Contains("letterbox", error);
        Assert.False(Directory.Exists(folder["out"]) && Directory.GetFileSystemEntries(folder["out"]).Length > 0);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("emptied")]
    [InlineData("truncated")]
    [InlineData("longer")]
    [InlineData("altered")]
    [InlineData("checksum")]
    [InlineData("manifest")]
    public void ADamagedBundle_IsNotUsed(string damage)
    {
        using TemporaryFolder folder = new();
        string bundle = model.CopyTo(folder["bundle"]);
        string generator = Path.Combine(bundle, "generator.onnx"), manifest = Path.Combine(bundle, "bundle.json");
        byte[] content = File.ReadAllBytes(generator);
        switch (damage)
        {
            case "missing":
                File.Delete(generator);
                break;
            case "emptied":
                File.WriteAllBytes(generator, []);
                break;
            case "truncated":
                File.WriteAllBytes(generator, content[..(content.Length / 2)]);
                break;
            case "longer":
                File.WriteAllBytes(generator, [.. content, 0]);
                break;
            case "altered":
                content[content.Length / 2] ^= 1;
                File.WriteAllBytes(generator, content);
                break;
            case "checksum":
                string text = File.ReadAllText(manifest);
                int at = text.IndexOf("\"sha256\": \"", StringComparison.Ordinal) + "\"sha256\": \"".Length;
                File.WriteAllText(manifest, text[..at] + (text[at] == '0' ? '1' : '0') + text[(at + 1)..]);
                break;
            default:
                File.WriteAllText(manifest, "{ \"format\": ");
                break;
        }
        Pictures.WriteFolder(folder["in"], 1);
        foreach (string[] command in new string[][]
        {
            ["info", bundle],
            ["translate", folder["in"], "--model", bundle, "-o", folder["out"]],
        })
        {
            Assert.Contains(bundle, Edgesim.Run(command).OneError(ExitCode.BadInput));
        }
        Assert.False(Path.Exists(folder["out"]));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("missing")]
    [InlineData("folder")]
    public void APhotoThatIsNoImage_IsNamed(string kind)
    {
        using TemporaryFolder folder = new();
        string photo = folder["photo.png"];
        switch (kind)
        {
            case "text":
                File.WriteAllText(photo, "This is no picture.");
                break;
            case "empty":
                File.WriteAllBytes(photo, []);
                break;
            case "truncated":
                string whole = Pictures.WriteFolder(folder["whole"], 1)[0];
                File.WriteAllBytes(photo, File.ReadAllBytes(whole)[..200]);
                break;
            case "folder":
                Directory.CreateDirectory(photo);
                break;
        }
        string error = Edgesim.Run("bake", "--model", model.Bundle, "-t", photo, "-o", folder["live.onnx"]).OneError(ExitCode.BadInput);
        Assert.Contains(photo, error);
        Assert.False(Path.Exists(folder["live.onnx"]));
    }

    [Fact]
    public void AStoredTextureOfAnotherModel_IsRefused()
    {
        string other = Path.Combine(SharedFolder.Repository, "models", "edge", "texture-day.safetensors");
        string error = Edgesim.Run("bake", "--model", model.Bundle, "-t", other).OneError(ExitCode.BadInput);
        Assert.Contains("512", error);
        Assert.Contains("24", error);
    }

    [Fact]
    public void AnUnknownSource_IsNamed()
    {
        Assert.Contains("'nowhere.mp4'", Edgesim.Run("translate", "nowhere.mp4", "--passthrough", "-o", "none")
            .OneError(ExitCode.BadInput));
        using TemporaryFolder folder = new();
        Assert.Contains("no images", Edgesim.Run("translate", folder.Path, "--passthrough", "-o", "none").OneError(ExitCode.BadInput));
        File.WriteAllText(folder["x.mp4"], "no video");
        Assert.Contains("x.mp4", Edgesim.Run("translate", folder["x.mp4"], "--passthrough", "-o", "none").OneError(ExitCode.BadInput));
    }

    [Fact]
    public void ALabelledFolderWithoutItsLabelSpace_NamesTheKnownOnes()
    {
        using TemporaryFolder folder = new();
        Pictures.WriteLabelled(folder["in"], 1, Core.Labels.LabelSpaces.Common16);
        string error = Edgesim.Run("translate", folder["in"], "--passthrough", "-o", folder["out"]).OneError(ExitCode.BadInput);
        Assert.Contains("common16", error);
        Assert.False(Path.Exists(folder["out"]));
    }

    [Theory]
    [InlineData("out.gif", "'out.gif'")]
    [InlineData("-", "--latency")] // with --json
    public void AnUnknownSink_IsTold_BeforeAnythingIsDone(string sink, string expected)
    {
        // The source does not exist: that would be the next thing to be told.
        string error = Edgesim.Run("translate", "nowhere", "--passthrough", "-o", sink, "--json").OneError(ExitCode.Usage);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void AReportThatIsNoJson_IsRefused() => Assert.Contains("report.png",
        Edgesim.Run("translate", "town://", "--passthrough", "-o", "none", "--latency", "report.png").OneError(ExitCode.Usage));

    [Fact]
    public void ASinkOverItsSource_IsRefused()
    {
        using TemporaryFolder folder = new();
        string[] paths = Pictures.WriteFolder(folder["in"], 1);
        byte[] before = File.ReadAllBytes(paths[0]);
        Assert.Contains("source", Edgesim.Run("translate", folder["in"], "--passthrough", "-o", folder["in/"]).OneError(ExitCode.Usage));
        Assert.Contains("source", Edgesim.Run("translate", folder["in/"], "--passthrough", "-o", folder["other/../in"])
            .OneError(ExitCode.Usage));
        Assert.Equal(before, File.ReadAllBytes(paths[0]));
        Edgesim.Run("translate", folder["in"], "--passthrough", "-o", folder["v.avi"]).Good();
        Assert.Contains("source", Edgesim.Run("translate", folder["v.avi"], "--passthrough", "-o", folder["v.avi"])
            .OneError(ExitCode.Usage));
    }

    [Fact]
    public void ADataSetThatIsThere_IsNotWrittenOver_ButContinued()
    {
        using TemporaryFolder folder = new();
        Pictures.WriteLabelled(folder["in"], 2, Core.Labels.LabelSpaces.Common16);
        string[] command = ["translate", folder["in"], "--labels", "common16", "--passthrough", "-o", folder["out"]];
        Edgesim.Run(command).Good();
        string manifest = File.ReadAllText(folder["out/manifest.jsonl"]);
        Assert.Contains("holds a data set already", Edgesim.Run(command).OneError(ExitCode.Output));
        Assert.Equal(manifest, File.ReadAllText(folder["out/manifest.jsonl"]));
        Edgesim.Run([.. command, "--append"]).Good();
        Assert.StartsWith(manifest, File.ReadAllText(folder["out/manifest.jsonl"]));
        Assert.Equal(4, Directory.GetFiles(folder["out/images"]).Length);
    }

    [Fact]
    public void AFullDisk_EndsTheVideoInOrder()
    {
        using SmallDisk disk = new();
        using TownProcess town = new("--replay", "8", "--rate", "200");
        ProcessResult result = Edgesim.Run("translate", town.Address, "--camera", "320x192", "--passthrough", "-o", disk["v.avi"], "-n",
            "2000");
        Assert.Contains("is full", result.OneError(ExitCode.Output));
        Assert.True(Pictures.Video(disk["v.avi"]).Count > 10);
        Assert.Equal([disk["v.avi"]], Directory.GetFileSystemEntries(disk.Path));
    }

    [Fact]
    public void AFullDisk_LeavesNoHalfAnImageOrBundle()
    {
        using SmallDisk disk = new();
        using TemporaryFolder folder = new();
        Pictures.WriteFolder(folder["in"], 1);
        disk.Fill();
        string[] before = Directory.GetFileSystemEntries(disk.Path);
        Edgesim.Run("translate", folder["in"], "--passthrough", "-o", disk["v.mp4"]).OneError(ExitCode.Output);
        Edgesim.Run("bake", "--model", model.Bundle, "-o", disk["live.onnx"]).OneError(ExitCode.Output);
        Edgesim.Run("translate", folder["in"], "--passthrough", "-o", "none", "--latency", disk["latency.json"]).OneError(ExitCode.Output);
        Assert.Equal(before, Directory.GetFileSystemEntries(disk.Path));
    }
}
