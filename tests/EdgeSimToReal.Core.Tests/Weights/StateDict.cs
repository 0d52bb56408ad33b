namespace EdgeSimToReal.Core.Tests.Weights;

/// <summary>An OrderedDict with torch's "_metadata", for <see cref="PickleMaker"/>.</summary>
internal sealed record StateDict(params (string Key, object? Value)[] Items);
