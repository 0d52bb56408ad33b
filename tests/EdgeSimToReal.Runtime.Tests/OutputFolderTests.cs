namespace EdgeSimToReal.Runtime.Tests;

/// <summary>What builds put beside programs.</summary>
public class OutputFolderTests
{
    [Fact]
    public void ALinuxOutput_HasNoNativeWindowsLibrary_AndOnnxRuntimesOwn()
    {
        string[] names = [.. Directory.GetFiles(AppContext.BaseDirectory, "*onnxruntime*", SearchOption.AllDirectories).Select(Path.GetFileName).OfType<string>()];
        Assert.Contains("libonnxruntime.so", names);
        Assert.DoesNotContain(names, name => name.StartsWith("onnxruntime", StringComparison.OrdinalIgnoreCase)
            && name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase));
    }
}
