using EdgeSimToReal.Evaluation.Metrics;

namespace EdgeSimToReal.Evaluation.Reports;

/// <summary>
/// What the judge read in a set on average over its textures, every structure image seen with every texture: each texture's figure is
/// computed alone, then their mean.
/// </summary>
/// <param name="Set">The set's name.</param>
/// <param name="Textures">Number of textures.</param>
/// <param name="MeanIoU">Mean over the textures of the mIoU; interval by drawing structure images and textures, both.</param>
/// <param name="OverallAccuracy">The same of the overall accuracy.</param>
/// <param name="MeanIoUGain">By how much that mIoU is above the untranslated images', draw by draw; both drawn.</param>
/// <param name="MeanIoUGainHere">The same with structure images alone drawn: the interval is for these textures only.</param>
public sealed record TextureMean(
    string Set, int Textures, Estimate MeanIoU, Estimate OverallAccuracy, Estimate MeanIoUGain, Estimate MeanIoUGainHere);
