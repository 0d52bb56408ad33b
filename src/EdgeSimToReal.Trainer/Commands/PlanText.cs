using System.Globalization;
using EdgeSimToReal.Trainer.Verbs;
using EdgeSimToReal.Training;

namespace EdgeSimToReal.Trainer.Commands;

/// <summary>What `--dry-run` prints.</summary>
public static class PlanText
{
    public static void Write(TextWriter writer, ITraining training, TrainingPlan plan, int bytesPerActivation)
    {
        long trained = plan.Trained.Values.Sum();
        writer.WriteLine("parameters");
        foreach ((string name, long count) in plan.Trained)
            Line(name, $"{count:N0}");
        Line("all", $"{trained:N0}{(plan.Frozen > 0 ? $", and {plan.Frozen:N0} frozen" : "")}");
        writer.WriteLine("memory");
        double state = ((trained * (2 + plan.CopiesPerParameter)) + plan.Frozen) * sizeof(float);
        double activations = (double)plan.Activations * bytesPerActivation;
        Line("weights, gradients, moments", Bytes(state));
        Line("a step's activations", $"about {Bytes(activations)}");
        Line("a checkpoint", Bytes(trained * (1 + plan.CopiesPerParameter) * sizeof(float)));
        writer.WriteLine("schedule");
        Line("steps", $"{training.Steps:N0}");
        Line("images", $"{training.Steps * training.ImagesPerStep:N0}, {training.ImagesPerStep} a step");
        foreach ((string name, int images, double perStep) in plan.Data)
            Line(name, $"{images:N0} images, {training.Steps * perStep / images:#,0.##} epochs");
        foreach (long step in new[] { 0, training.Steps / 4, training.Steps / 2, training.Steps * 3 / 4, training.Steps - 1 }.Distinct())
            Line($"learning rate at step {step:N0}", $"{plan.RateAt(step):G3}");
        writer.WriteLine("configuration");
        writer.WriteLine(training.Configuration);

        void Line(string name, string text) => writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-32}{text}"));
    }

    private static string Bytes(double bytes) => string.Create(CultureInfo.InvariantCulture,
        $"{(bytes < 1e9 ? bytes / 1e6 : bytes / 1e9):G3} {(bytes < 1e9 ? "MB" : "GB")}");
}
