namespace EdgeSimToReal.Evaluation.Ablation;

/// <summary>A row of the LC-SAE report's table 4.3.</summary>
/// <param name="Outer">λ_out.</param>
/// <param name="Inner">λ_in.</param>
/// <param name="OverallAccuracy">Overall pixel accuracy.</param>
/// <param name="MeanAccuracy">Mean over the classes of the pixel accuracy.</param>
/// <param name="MeanIoU">Mean intersection over union.</param>
/// <param name="Fid">Fréchet inception distance.</param>
public sealed record PaperRow(double Outer, double Inner, double OverallAccuracy, double MeanAccuracy, double MeanIoU, double Fid);
