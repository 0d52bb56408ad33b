using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Training.Checkpoints;
using EdgeSimToReal.Training.Optimisation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EdgeSimToReal.Training.Tests.Running;

/// <summary>A whole training, but a small one: y = 3a - 2b + 1 + noise is fitted by Adam; what a run does to it is real.</summary>
internal sealed class LinearTraining : ITraining
{
    private readonly Linear _model = nn.Linear(2, 1);
    private readonly AdamOptimizer _optimizer;
    private readonly double _rate;

    /// <param name="steps">Steps planned.</param>
    /// <param name="rate">The learning rate; huge ones diverge.</param>
    public LinearTraining(long steps, double rate = 0.05)
    {
        (Steps, _rate) = (steps, rate);
        _optimizer = new AdamOptimizer([ParameterGroup.Of(_model)], rate, beta1: 0.5);
        using IDisposable gradients = no_grad();
        foreach (Parameter parameter in _model.parameters())
            parameter.zero_();
    }

    public string Kind => "linear";

    public string Configuration => $$"""{ "steps": {{Steps}} }""";

    public long Step { get; private set; }

    public long Steps { get; }

    public int ImagesPerStep => 8;

    public TimeSpan Waited => TimeSpan.Zero;

    /// <summary>Called with the step's number before a step is taken.</summary>
    public Action<long> Before { get; init; } = _ => { };

    /// <summary>A step whose loss is finite while its gradient is not; 0: none.</summary>
    public long StepWithBadGradient { get; init; }

    public float[] Weights => [.. _model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];

    public IReadOnlyDictionary<string, double> Advance()
    {
        Before(Step + 1);
        manual_seed(StepSeed.Of(7, Step));
        using IDisposable scope = NewDisposeScope();
        (Tensor x, Tensor y) = Draw(noise: 0.1);
        Tensor loss = (_model.call(x) - y).square().mean();
        if (Step + 1 == StepWithBadGradient)
            loss += (_model.weight - _model.weight.detach()).abs().sqrt().sum(); // 0, with the slope 0 · ∞
        _optimizer.ZeroGradients();
        loss.backward();
        _optimizer.Step();
        Step++;
        return new Dictionary<string, double> { ["loss/square"] = loss.item<float>(), ["rate/model"] = _rate };
    }

    public void Save(TrainingState state)
    {
        state.PutModule("model", _model);
        _optimizer.Save(state, "optimizer");
        state.Counters["step"] = Step;
    }

    public void Load(TrainingState state)
    {
        state.RequireKind(Kind);
        state.LoadModule("model", _model);
        _optimizer.Load(state, "optimizer");
        Step = state.Counter("step");
    }

    public ValidationResult? Validate()
    {
        using IDisposable scope = NewDisposeScope(), gradients = no_grad();
        manual_seed(1);
        (Tensor x, Tensor y) = Draw(noise: 0);
        double error = (_model.call(x) - y).square().mean().item<float>();
        Dictionary<string, double> figures = new() { ["error"] = error, ["absent"] = double.NaN };
        return new ValidationResult(-error, figures);
    }

    public IReadOnlyDictionary<string, Frame> Samples()
    {
        Frame frame = new(8, 4);
        Array.Fill(frame.Bgra, (byte)Step);
        return new Dictionary<string, Frame> { ["samples"] = frame, ["detail"] = frame };
    }

    public void Export(string folder) => throw new NotSupportedException();

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private static (Tensor X, Tensor Y) Draw(double noise)
    {
        Tensor x = randn(8, 2);
        return (x, (3 * x.narrow(1, 0, 1)) - (2 * x.narrow(1, 1, 1)) + 1 + (noise * randn(8, 1)));
    }
}
