namespace EdgeSimToReal.Core.Networks;

/// <summary>Collects the parameters of the layers that several networks are made of.</summary>
internal sealed class ParameterList
{
    private readonly List<ParameterShape> _items = [];

    public IReadOnlyList<ParameterShape> Items => _items;

    public void Add(string name, params int[] shape) => _items.Add(new ParameterShape(name, shape));

    /// <summary>A convolution whose bias is its activation's.</summary>
    public void Convolution(string name, int input, int output, int size)
    {
        Add($"{name}.Conv.weight", output, input, size, size);
        Add($"{name}.Act.bias", output);
    }

    /// <summary>Two 3×3 convolutions and a 1×1 skip without bias.</summary>
    public void ResidualBlock(SaeBlock block)
    {
        Convolution($"{block.Name}.conv1", block.Input, block.Input, 3);
        Convolution($"{block.Name}.conv2", block.Input, block.Output, 3);
        Add($"{block.Name}.skip.Conv.weight", block.Output, block.Input, 1, 1);
    }

    /// <summary>A linear layer with bias.</summary>
    public void Linear(string name, int input, int output)
    {
        Add($"{name}.weight", output, input);
        Add($"{name}.bias", output);
    }
}
