namespace EdgeSimToReal.Training.Configuration;

/// <summary>A record that a configuration may also write as a bare text, which is then the value of one of its keys.</summary>
/// <param name="member">The key.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class WrittenAsAttribute(string member) : Attribute
{
    /// <summary>The key whose value the text is.</summary>
    public string Member { get; } = member;
}
