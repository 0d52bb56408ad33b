using System.Collections;
using static TorchSharp.torch;

namespace EdgeSimToReal.Networks.Layers;

/// <summary>Modules under a common name, in order.</summary>
internal sealed class ModuleGroup<T> : nn.Module, IReadOnlyList<T>
    where T : nn.Module
{
    private readonly List<T> _items = [];

    public ModuleGroup(IEnumerable<(string Name, T Module)> modules)
        : base(nameof(ModuleGroup<>))
    {
        foreach ((string name, T module) in modules)
            _items.Add(this.Register(name, module));
    }

    public int Count => _items.Count;

    public T this[int index] => _items[index];

    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
