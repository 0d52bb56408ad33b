using EdgeSimToReal.Networks.Layers;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Segmentation;

/// <summary>A module that only holds others, so that a leaf can have any dotted key.</summary>
internal sealed class ModuleTree : nn.Module
{
    private readonly Dictionary<string, ModuleTree> _branches = new(StringComparer.Ordinal);

    public ModuleTree()
        : base(nameof(ModuleTree))
    {
    }

    /// <summary>Registers a module at a key below this one, e.g. "layer1.0.conv1".</summary>
    public void Place(string key, nn.Module leaf)
    {
        int dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            this.Register(key, leaf);
            return;
        }
        if (!_branches.TryGetValue(key[..dot], out ModuleTree? branch))
        {
            branch = this.Register(key[..dot], new ModuleTree());
            _branches.Add(key[..dot], branch);
        }
        branch.Place(key[(dot + 1)..], leaf);
    }
}
