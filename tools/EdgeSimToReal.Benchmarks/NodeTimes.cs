using System.Globalization;
using System.Text.Json;
using EdgeSimToReal.Runtime.Baking;
using EdgeSimToReal.Runtime.Kernels;
using EdgeSimToReal.Runtime.Live;
using Microsoft.ML.OnnxRuntime;

namespace EdgeSimToReal.Benchmarks;

/// <summary>Where a live graph's time goes, node by node, by ONNX Runtime's profiler.</summary>
internal static class NodeTimes
{
    private const int WarmUp = 5;

    /// <summary>Prints the nodes from the slowest on.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="frames">Frames that are measured.</param>
    public static void Print(BakedGraph graph, int threads, int frames)
    {
        string prefix = Path.Combine(Directory.CreateTempSubdirectory("edgesim-bench-").FullName, "profile");
        try
        {
            string file;
            using (SessionOptions options = SessionFactory.Options("profiled graph", threads))
            {
                CustomOps.TryRegister(options);
                options.ProfileOutputPathPrefix = prefix;
                options.EnableProfiling = true;
                using InferenceSession session = new(graph.Model, options);
                float[] picture = [.. Enumerable.Range(0, 3 * graph.Width * graph.Height).Select(i => MathF.Sin(i))];
                using OrtValue input = OrtValue.CreateTensorValueFromMemory(picture, [1, 3, graph.Height, graph.Width]);
                using RunOptions run = new();
                for (int i = 0; i < WarmUp + frames; i++)
                    session.Run(run, [LiveGraph.InputName], [input], [LiveGraph.OutputName]).Dispose();
                file = session.EndProfiling();
            }
            Dictionary<string, (string Operator, List<double> Times)> nodes = new(StringComparer.Ordinal);
            using (JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(file)))
            {
                foreach (JsonElement entry in profile.RootElement.EnumerateArray())
                {
                    string name = entry.GetProperty("name").GetString()!;
                    const string suffix = "_kernel_time";
                    if (!name.EndsWith(suffix, StringComparison.Ordinal))
                        continue;
                    name = name[..^suffix.Length];
                    if (!nodes.TryGetValue(name, out var node))
                        nodes[name] = node = (entry.GetProperty("args").GetProperty("op_name").GetString()!, []);
                    node.Times.Add(entry.GetProperty("dur").GetDouble() / 1e3);
                }
            }
            // The fastest, too, which other programs on the machine disturb least.
            var medians = nodes.Select(node => (node.Key, node.Value.Operator, Median([.. node.Value.Times.Skip(WarmUp)]), node.Value.Times.Min()))
                .OrderByDescending(node => node.Item3).ToArray();
            double sum = medians.Sum(node => node.Item3);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"\nNodes at {graph.Width}x{graph.Height}, {threads} threads, medians; {medians.Length} nodes, {sum:F2} ms together, "
                + $"{medians.Sum(node => node.Item4):F2} ms at their fastest:\n"));
            Console.WriteLine("| node | operator | ms | fastest | share |\n|---|---|---|---|---|");
            foreach ((string name, string type, double milliseconds, double fastest) in medians.Where(node => node.Item3 >= 0.005 * sum))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {type} | {milliseconds:F3} | {fastest:F3} | {milliseconds / sum:P0} |"));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(prefix)!, recursive: true);
        }
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
