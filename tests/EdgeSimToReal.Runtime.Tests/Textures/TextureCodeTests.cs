using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;
using EdgeSimToReal.Runtime.Textures;

namespace EdgeSimToReal.Runtime.Tests.Textures;

public sealed class TextureCodeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(1e30)]
    [InlineData(1e-30)]
    [InlineData(1e-42)] // denormal: the reciprocal of its length is no float
    public void Values_AreBroughtToUnitLength(double scale)
    {
        TextureCode code = new([(float)(3 * scale), (float)(-4 * scale)], "a");
        Assert.Equal(0.6f, code.Values.Span[0], 1e-3f);
        Assert.Equal(-0.8f, code.Values.Span[1], 1e-3f);
        Assert.Equal(1, Math.Sqrt(code.Values.ToArray().Sum(value => (double)value * value)), 1e-6);
    }

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(float.NaN, 1f)]
    [InlineData(float.PositiveInfinity, 1f)]
    public void ValuesWithoutADirection_AreRefused(float a, float b) =>
        Assert.Contains("'photo.jpg'", Assert.Throws<EdgeSimException>(() => new TextureCode([a, b], "photo.jpg")).Message);

    [Fact]
    public void NoValues_AreRefused() => Assert.Throws<EdgeSimException>(() => new TextureCode([], "nothing"));

    [Fact]
    public void Average_IsTheMeanDirection()
    {
        TextureCode average = TextureCode.Average([new([1, 0, 0], "a"), new([0, 7, 0], "b")]);
        Assert.Equal([MathF.Sqrt(0.5f), MathF.Sqrt(0.5f), 0], average.Values.ToArray());
        Assert.Equal("a + b", average.Name);
        TextureCode one = new([1, 0], "one");
        Assert.Same(one, TextureCode.Average([one]));
    }

    [Fact]
    public void AverageOfNothing_IsTheCallersMistake() => Assert.Throws<ArgumentOutOfRangeException>(() => TextureCode.Average([]));

    [Fact]
    public void AverageOfDifferentModels_IsRefused() => Assert.Contains("different models",
        Assert.Throws<EdgeSimException>(() => TextureCode.Average([new([1, 0], "a"), new([1, 0, 0], "b")])).Message);

    [Fact]
    public void AverageOfOpposites_IsRefused() =>
        Assert.Throws<EdgeSimException>(() => TextureCode.Average([new([1, 0], "a"), new([-1, 0], "b")]));

    [Fact]
    public void StoredCode_IsReadBack()
    {
        TextureCode code = new(GoldenTensor.Create("code", 512, 1), "sun at noon");
        code.Write(_folder["code.safetensors"]);
        TextureCode read = TextureCode.Read(_folder["code.safetensors"]);
        Assert.Equal("sun at noon", read.Name);
        // Normalised once more, which may change the last bit.
        Assert.True(GoldenTensor.RelativeL2(read.Values.Span, code.Values.Span) < 1e-7);
    }

    [Fact]
    public void StoredCodeWithoutAName_IsNamedAfterItsFile()
    {
        Write("dusk", "texture", new WeightTensor([2], [1, 0]));
        Assert.Equal("dusk", TextureCode.Read(_folder["dusk.safetensors"]).Name);
    }

    [Fact]
    public void FileWithoutACode_IsRefused()
    {
        Write("other", "other", new WeightTensor([2], [1, 0]));
        Write("matrix", "texture", new WeightTensor([1, 2], [1, 0]));
        Write("nan", "texture", new WeightTensor([2], [float.NaN, 0]));
        File.WriteAllText(_folder["text.safetensors"], "this is no safetensors file");
        foreach (string name in new[] { "other", "matrix", "nan", "text", "missing" })
        {
            EdgeSimException error = Assert.Throws<EdgeSimException>(() => TextureCode.Read(_folder[$"{name}.safetensors"]));
            Assert.Equal(ExitCode.BadInput, error.ExitCode);
            Assert.Contains(name, error.Message);
        }
    }

    private void Write(string file, string tensor, WeightTensor value) =>
        new SafetensorsFile(new Dictionary<string, WeightTensor> { [tensor] = value }).Write(_folder[$"{file}.safetensors"]);
}
