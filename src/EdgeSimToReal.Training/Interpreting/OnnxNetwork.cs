using EdgeSimToReal.Core;
using EdgeSimToReal.Onnx;
using EdgeSimToReal.Onnx.Schema;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Interpreting;

/// <summary>A frozen network from an ONNX file, computed in TorchSharp: gradients flow to its inputs, its weights stay as they are.</summary>
/// <remarks>
/// The graph is interpreted node by node in the type of its input (float32, bfloat16, float16 or float64); weights are cast once for each
/// type. Batch normalisations are folded, into the convolution before them where nothing else reads it. Without gradients an intermediate
/// value is released as soon as no later node reads it. An instance is for one thread at a time.
/// </remarks>
public sealed class OnnxNetwork : IDisposable
{
    private readonly OnnxGraphConstants _constants = new();
    private readonly Dictionary<string, OnnxPlan> _plans = new(StringComparer.Ordinal);
    private readonly List<OnnxNode> _nodes = [];
    private readonly HashSet<string> _values = [];
    private readonly string _path;
    private Device _device = CPU;

    private OnnxNetwork(ModelProto model, string path)
    {
        _path = path;
        try
        {
            using IDisposable scope = NewDisposeScope();
            using IDisposable frozen = no_grad();
            foreach (TensorProto initializer in model.Graph.Initializer)
                _constants.Add(initializer.Name, initializer, path);
            Id = NetworkIdentity.Of(model, path);
            Metadata = NetworkIdentity.Metadata(model);
            ParameterCount = NetworkIdentity.Weights(model, path).Values.Sum(tensor => (long)tensor.Count);
            Inputs = [.. model.Graph.Input.Select(input => input.Name).Where(name => !_constants.Contains(name))];
            Outputs = [.. model.Graph.Output.Select(output => output.Name)];
            InputShapes = [.. model.Graph.Input.Where(input => !_constants.Contains(input.Name)).Select(SizesOf)];
            _values.UnionWith(Inputs);
            long opset = OnnxFile.StandardOpset(model);
            if (opset < 7)
            {
                throw new EdgeSimException($"'{path}' uses the ONNX operator set {opset}; 7 is the oldest that is supported.",
                    "Export the network with a newer operator set, 17 for example.");
            }
            foreach (NodeProto node in model.Graph.Node)
                Add(new OnnxNode(node, opset, path));
            foreach (string output in Outputs)
                RequireValue(output);
        }
        catch
        {
            _constants.Dispose();
            throw;
        }
    }

    /// <summary>Names of the graph's inputs, initialisers left out.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The inputs' sizes as the file declares them, in the order of <see cref="Inputs"/>; -1 for a free one.</summary>
    public IReadOnlyList<IReadOnlyList<long>> InputShapes { get; }

    /// <summary>Names of the graph's outputs.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The file's own key-value pairs.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The network's identity (<see cref="NetworkIdentity"/>): two files with the same weights have the same.</summary>
    public string Id { get; }

    /// <summary>Numbers in all floating-point initialisers.</summary>
    public long ParameterCount { get; }

    /// <summary>Reads a network.</summary>
    /// <param name="path">An ONNX file with its weights inside, operator set 7 or later.</param>
    /// <exception cref="EdgeSimException">
    /// The file is missing or damaged, or uses an operator (or a form of one) that is not supported: the message names its node.
    /// </exception>
    public static OnnxNetwork Load(string path) => Of(OnnxFile.Read(path), path);

    /// <summary>Takes a model that is in memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="EdgeSimException">See <see cref="Load"/>.</exception>
    public static OnnxNetwork Of(ModelProto model, string path) => new(model, path);

    /// <summary>Moves the network; its inputs must be on the same device.</summary>
    /// <param name="device">The device.</param>
    /// <returns>This network.</returns>
    public OnnxNetwork To(Device device)
    {
        _constants.Move(device);
        _device = device;
        return this;
    }

    /// <summary>Runs a network that has one input up to its first output.</summary>
    /// <param name="input">The input, of the shape and range that the network wants.</param>
    /// <returns>The output, in the input's type.</returns>
    /// <exception cref="EdgeSimException">The network has several inputs, or can't take this size; the message names the node.</exception>
    public Tensor Forward(Tensor input) => Forward(input, [Outputs[0]])[0];

    /// <summary>Runs a network that has one input as far as some values need.</summary>
    /// <param name="input">The input, of the shape and range that the network wants.</param>
    /// <param name="outputs">Names of values of the graph: outputs or intermediate ones.</param>
    /// <returns>The values in the order of their names.</returns>
    /// <exception cref="EdgeSimException">
    /// The network has several inputs, has no value of such a name, or can't take this size; the message names the node.
    /// </exception>
    public IReadOnlyList<Tensor> Forward(Tensor input, IReadOnlyList<string> outputs)
    {
        if (Inputs.Count != 1)
        {
            throw new EdgeSimException($"The network '{_path}' has {Inputs.Count} inputs ({string.Join(", ", Inputs)}), and one was given.",
                "Give a network that takes an image alone.");
        }
        return Forward(new Dictionary<string, Tensor> { [Inputs[0]] = input }, outputs);
    }

    /// <summary>Runs the network as far as some values need.</summary>
    /// <param name="inputs">Values by name, all in one floating-point type and on the network's device.</param>
    /// <param name="outputs">Names of values of the graph: outputs or intermediate ones.</param>
    /// <returns>The values in the order of their names.</returns>
    /// <exception cref="EdgeSimException">
    /// An input is missing or on another device, the network has no value of such a name, or can't take this size.
    /// </exception>
    public IReadOnlyList<Tensor> Forward(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        OnnxPlan plan = Plan(outputs);
        Tensor first = inputs.Values.First();
        if (first.device_type != _device.type)
        {
            throw new EdgeSimException($"The network '{_path}' is on {_device}, its input on {first.device}.",
                "Move both to the same device.", ExitCode.Internal);
        }
        using DisposeScope scope = NewDisposeScope();
        OnnxRun run = new(first.dtype, first.device);
        Dictionary<string, Tensor> values = new(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in inputs)
            values[name] = value.alias();
        foreach ((OnnxNode node, OnnxOperator operation, IReadOnlyList<string> spent) in plan.Steps)
        {
            Compute(node, operation, values, run);
            foreach (string name in spent)
            {
                values[name].Dispose();
                values.Remove(name);
            }
        }
        return [.. outputs.Select(name => (_constants.Contains(name) ? _constants.For(name, run).clone() : values[name].alias())
            .MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public void Dispose() => _constants.Dispose();

    /// <summary>Whether the graph has a value of a name.</summary>
    /// <param name="value">The name.</param>
    public bool Has(string value) => _values.Contains(value) || _constants.Contains(value);

    private void Compute(OnnxNode node, OnnxOperator operation, Dictionary<string, Tensor> values, OnnxRun run)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] inputs = [.. node.Inputs.Select((name, i) => name.Length == 0 ? null
            : values.TryGetValue(name, out Tensor? value) ? value
            : !_constants.Contains(name) ? throw Missing(name)
            : OnnxOperators.IsParameter(node.Operation, i) ? _constants.Master(name) : _constants.For(name, run))];
        Tensor[] results;
        try
        {
            results = operation(node, inputs, run);
        }
        catch (Exception error) when (error is System.Runtime.InteropServices.ExternalException or ArgumentException)
        {
            string shapes = string.Join(" and ", inputs.OfType<Tensor>().Select(input => $"[{string.Join(", ", input.shape)}]"));
            throw new EdgeSimException(
                $"In '{_path}' the node '{node.Name}' ({node.Operation}) can't take {shapes}: {error.Message.Split('\n')[0].TrimEnd('.')}.",
                "Give images of a size that the network is made for.", ExitCode.BadInput, error);
        }
        for (int i = 0; i < node.Outputs.Count && i < results.Length; i++)
        {
            if (node.Outputs[i].Length == 0)
                continue;
            // An operator that has nothing to do returns what it was given, which has an owner already.
            Tensor result = inputs.Any(input => ReferenceEquals(input, results[i])) ? results[i].alias() : results[i];
            values[node.Outputs[i]] = result.MoveToOuterDisposeScope();
        }
    }

    private EdgeSimException Missing(string input) => new($"The network '{_path}' wants the input '{input}', which was not given.",
        $"It has the inputs {string.Join(", ", Inputs)}.");

    private OnnxPlan Plan(IReadOnlyList<string> outputs)
    {
        string key = string.Join('\n', outputs);
        if (_plans.TryGetValue(key, out OnnxPlan? plan))
            return plan;
        foreach (string output in outputs)
            RequireValue(output);
        using IDisposable frozen = no_grad();
        plan = OnnxPlan.Of(Folded(outputs), _constants.Contains, outputs);
        _plans.Add(key, plan);
        return plan;
    }

    private void RequireValue(string name)
    {
        if (!Has(name))
            throw new EdgeSimException($"The network '{_path}' has no value '{name}'.", $"Its outputs are {string.Join(", ", Outputs)}.");
    }

    private void Add(OnnxNode node)
    {
        foreach (string input in node.Inputs)
        {
            if (input.Length > 0)
                RequireValue(input);
        }
        if (node.Operation == "Constant" && node.Domain.Length == 0)
        {
            _constants.Add(node.Outputs[0], ConstantOf(node), _path);
            return;
        }
        if (node.Operation == "BatchNormalization" && node.Domain.Length == 0)
            node = Normalisation(node);
        OnnxOperator operation = OnnxOperators.Of(node);
        if (node.Inputs.All(input => input.Length == 0 || _constants.Contains(input)))
        {
            Dictionary<string, Tensor> values = new(StringComparer.Ordinal);
            Compute(node, operation, values, new OnnxRun(ScalarType.Float32, CPU));
            foreach ((string name, Tensor value) in values)
                _constants.Add(name, value.is_floating_point() ? value.contiguous().clone() : value, _path);
            return;
        }
        foreach (string output in node.Outputs.Where(output => output.Length > 0))
        {
            if (_constants.Contains(output) || !_values.Add(output))
                throw new EdgeSimException($"In '{_path}' two values have the name '{output}'.", "Export or copy the file again.");
        }
        _nodes.Add(node);
    }

    private Tensor ConstantOf(OnnxNode node)
    {
        if (node.Tensor("value") is { } value)
        {
            using OnnxGraphConstants one = new();
            one.Add("value", value, _path);
            return one.Master("value").clone();
        }
        return node.Has("value_float") ? tensor(node.Float("value_float", 0))
            : node.Has("value_int") ? tensor(node.Int("value_int", 0))
            : node.Floats("value_floats") is { Length: > 0 } floats ? tensor(floats)
            : node.Ints("value_ints") is { Length: > 0 } integers ? tensor(integers)
            : throw node.Unsupported("holds neither a tensor nor numbers");
    }

    /// <summary>A batch normalisation with its fixed statistics as scale and shift by channel.</summary>
    private OnnxNode Normalisation(OnnxNode node)
    {
        if (node.Flag("training_mode", false) || node.Outputs.Skip(1).Any(output => output.Length > 0))
            throw node.Unsupported("normalises by the batch's own statistics; a frozen network has its own");
        if (!node.Flag("spatial", true))
            throw node.Unsupported("normalises each place by itself (spatial = 0), which is not supported");
        if (node.Inputs.Skip(1).FirstOrDefault(input => !_constants.Contains(input)) is { } computed)
            throw node.Unsupported($"reads '{computed}' as a weight, which is computed from the input");
        Tensor[] weights = [.. node.Inputs.Skip(1).Select(input => _constants.Master(input).to(ScalarType.Float64))];
        Tensor scale = weights[0] / (weights[3] + node.Float("epsilon", 1e-5f)).sqrt();
        Tensor shift = weights[1] - weights[2] * scale;
        (string scaleName, string shiftName) = ($"{node.Outputs[0]}/scale", $"{node.Outputs[0]}/shift");
        _constants.Add(scaleName, scale.to(ScalarType.Float32).reshape(1, -1, 1, 1), _path);
        _constants.Add(shiftName, shift.to(ScalarType.Float32).reshape(1, -1, 1, 1), _path);
        return node.As(OnnxOperators.ScaleShift, [node.Inputs[0], scaleName, shiftName], [node.Outputs[0]]);
    }

    /// <summary>The nodes with each scale and shift in the convolution before it, where nothing else reads that.</summary>
    private List<OnnxNode> Folded(IReadOnlyList<string> outputs)
    {
        Dictionary<string, int> reads = new(StringComparer.Ordinal);
        foreach (string name in _nodes.SelectMany(node => node.Inputs).Concat(outputs))
            reads[name] = reads.GetValueOrDefault(name) + 1;
        Dictionary<string, int> convolutions = new(StringComparer.Ordinal);
        List<OnnxNode> folded = [];
        foreach (OnnxNode node in _nodes)
        {
            if (node.Operation == OnnxOperators.ScaleShift && reads[node.Inputs[0]] == 1
                && convolutions.TryGetValue(node.Inputs[0], out int index))
            {
                folded[index] = Fold(folded[index], node);
                continue;
            }
            if (node.Operation == "Conv" && node.Inputs.Skip(1).All(input => input.Length == 0 || _constants.Contains(input)))
                convolutions.Add(node.Outputs[0], folded.Count);
            folded.Add(node);
        }
        return folded;
    }

    private OnnxNode Fold(OnnxNode convolution, OnnxNode scaleShift)
    {
        (string weightName, string biasName) = ($"{scaleShift.Outputs[0]}/weight", $"{scaleShift.Outputs[0]}/bias");
        if (!_constants.Contains(weightName))
        {
            using IDisposable scope = NewDisposeScope();
            Tensor scale = _constants.Master(scaleShift.Inputs[1]), shift = _constants.Master(scaleShift.Inputs[2]).reshape(-1);
            _constants.Add(weightName, _constants.Master(convolution.Inputs[1]) * scale.reshape(-1, 1, 1, 1), _path);
            _constants.Add(biasName, convolution.Inputs.Count > 2 && convolution.Inputs[2].Length > 0
                ? shift + _constants.Master(convolution.Inputs[2]) * scale.reshape(-1) : shift.clone(), _path);
        }
        return convolution.As("Conv", [convolution.Inputs[0], weightName, biasName], [scaleShift.Outputs[0]]);
    }

    private static IReadOnlyList<long> SizesOf(ValueInfoProto value) =>
        [.. (value.Type?.TensorType?.Shape?.Dim ?? []).Select(size => size.DimParam.Length > 0 || !size.HasDimValue ? -1 : size.DimValue)];
}
