using EdgeSimToReal.Core;
using EdgeSimToReal.Core.Weights;

namespace EdgeSimToReal.Runtime.Textures;

/// <summary>The look of a photograph as the texture encoder sees it: a vector of unit length, [S].</summary>
public sealed class TextureCode
{
    private const string TensorName = "texture";

    /// <summary>Wraps a code; it is brought to unit length.</summary>
    /// <param name="values">The values, [S], not all zero.</param>
    /// <param name="name">Where the code comes from, for captions and reports.</param>
    /// <exception cref="EdgeSimException">The values are not finite or all zero.</exception>
    public TextureCode(ReadOnlySpan<float> values, string name)
    {
        double squares = 0;
        foreach (float value in values)
            squares += (double)value * value;
        if (!double.IsFinite(squares) || squares == 0)
        {
            throw new EdgeSimException($"The texture code of '{name}' is not a direction: its length is {Math.Sqrt(squares)}.",
                "Use another photo.");
        }
        double length = Math.Sqrt(squares);
        float[] unit = new float[values.Length];
        for (int i = 0; i < unit.Length; i++)
            unit[i] = (float)(values[i] / length);
        Values = unit;
        Name = name;
    }

    /// <summary>The values, [S], of unit length.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>Where the code comes from.</summary>
    public string Name { get; }

    /// <summary>The mean of several codes, brought to unit length.</summary>
    /// <param name="codes">At least one code, all of the same model.</param>
    /// <exception cref="EdgeSimException">The codes are of different models, or cancel each other out.</exception>
    public static TextureCode Average(IReadOnlyList<TextureCode> codes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(codes.Count);
        if (codes.Count == 1)
            return codes[0];
        float[] sum = new float[codes[0].Values.Length];
        foreach (TextureCode code in codes)
        {
            if (code.Values.Length != sum.Length)
            {
                throw new EdgeSimException($"The texture codes of '{codes[0].Name}' and '{code.Name}' are of different models.",
                    "Use codes of one model.");
            }
            for (int i = 0; i < sum.Length; i++)
                sum[i] += code.Values.Span[i];
        }
        return new TextureCode(sum, string.Join(" + ", codes.Select(code => code.Name)));
    }

    /// <summary>Stores the code as a safetensors file.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="EdgeSimException">The file can't be written.</exception>
    public void Write(string path) =>
        new SafetensorsFile(new Dictionary<string, WeightTensor> { [TensorName] = new([Values.Length], Values.ToArray()) },
            new Dictionary<string, string> { ["name"] = Name }).Write(path);

    /// <summary>Reads a stored code.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EdgeSimException">The file is missing, damaged, or holds no texture code.</exception>
    public static TextureCode Read(string path) => Parse(SafetensorsFile.Read(path), path);

    /// <summary>Takes a code from a safetensors file's content.</summary>
    /// <param name="file">The content.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="EdgeSimException">The content holds no texture code.</exception>
    internal static TextureCode Parse(SafetensorsFile file, string path)
    {
        if (!file.Tensors.TryGetValue(TensorName, out WeightTensor? tensor) || tensor.Shape.Length != 1)
            throw new EdgeSimException($"'{path}' holds no texture code.", "Write one with 'edgesim bake --save-texture'.");
        return new TextureCode(tensor.Values, file.Metadata.GetValueOrDefault("name", Path.GetFileNameWithoutExtension(path)));
    }
}
