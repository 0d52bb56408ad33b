using EdgeSimToReal.Kernels;
using ILGPU.Runtime.Cuda;

// Run by the build of the runtime: EdgeSimToReal.Kernels <folder> writes one PTX module a target and the manifest there.
string folder = args.Length == 1 ? args[0] : throw new ArgumentException("Usage: EdgeSimToReal.Kernels <folder>");
Directory.CreateDirectory(folder);
Dictionary<string, string> targets = [];
string ptx = "";
foreach (CudaArchitecture target in PtxCompiler.Targets)
{
    string name = target.ToString().ToLowerInvariant();
    ptx = PtxCompiler.Compile(target);
    targets[name] = $"kernels.{name}.ptx";
    File.WriteAllText(Path.Combine(folder, targets[name]), ptx);
}
File.WriteAllText(Path.Combine(folder, "kernels.json"), KernelManifestWriter.Write(ptx, targets));
