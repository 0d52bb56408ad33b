using System.Text.Json.Serialization;

namespace EdgeSimToReal.Cli.Doctor;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(List<Finding>))]
[JsonSerializable(typeof(string[]))]
public sealed partial class DoctorJson : JsonSerializerContext;
