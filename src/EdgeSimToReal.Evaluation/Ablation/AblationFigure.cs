namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>A picture of a report in the layout of the LC-SAE report's figures 4.2 to 4.4.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Caption">What it shows.</param>
public sealed record AblationFigure(string File, string Caption);
