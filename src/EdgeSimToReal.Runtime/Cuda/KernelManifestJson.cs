using System.Text.Json.Serialization;

namespace EdgeSimToReal.Runtime.Cuda;

/// <summary>Reads manifests without reflection, so that it works in trimmed and ahead-of-time compiled programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KernelManifest))]
internal sealed partial class KernelManifestJson : JsonSerializerContext;
