namespace EdgeSimToReal.Training.Interpreting;

/// <summary>The nodes that some outputs need, in order, and after which of them each value is unneeded.</summary>
/// <param name="Steps">Nodes, their operators, and the values that no later node reads.</param>
internal sealed record OnnxPlan(IReadOnlyList<(OnnxNode Node, OnnxOperator Run, IReadOnlyList<string> Spent)> Steps)
{
    /// <summary>Plans a run.</summary>
    /// <param name="nodes">All nodes of the graph, each after those that it reads.</param>
    /// <param name="isConstant">Whether a value needs no node.</param>
    /// <param name="outputs">The values to compute.</param>
    public static OnnxPlan Of(IReadOnlyList<OnnxNode> nodes, Func<string, bool> isConstant, IReadOnlyCollection<string> outputs)
    {
        HashSet<string> needed = [.. outputs];
        Stack<(OnnxNode, IReadOnlyList<string>)> chosen = [];
        foreach (OnnxNode node in nodes.Reverse())
        {
            if (!node.Outputs.Any(needed.Contains))
                continue;
            // Read here for the first time from the end: spent once this node has run. What a node writes for nobody is spent at once.
            List<string> spent = [.. node.Outputs.Where(output => output.Length > 0 && !needed.Contains(output))];
            foreach (string input in node.Inputs)
            {
                if (input.Length > 0 && !isConstant(input) && needed.Add(input))
                    spent.Add(input);
            }
            chosen.Push((node, spent));
        }
        return new OnnxPlan([.. chosen.Select(step => (step.Item1, OnnxOperators.Of(step.Item1), step.Item2))]);
    }
}
