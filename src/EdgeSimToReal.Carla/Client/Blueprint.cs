using System.Globalization;
using EdgeSimToReal.Carla.Wire;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Client;

/// <summary>A blueprint whose attributes can be set before an actor is made from it.</summary>
public sealed class Blueprint
{
    private readonly ActorDefinition _definition;
    private readonly ServerProfile _profile;
    private readonly Dictionary<string, string> _values = [];

    internal Blueprint(ActorDefinition definition, ServerProfile profile)
    {
        _definition = definition;
        _profile = profile;
    }

    /// <summary>E.g. "vehicle.tesla.model3".</summary>
    public string Id => _definition.Id;

    /// <summary>Whether the blueprint has an attribute.</summary>
    /// <param name="attribute">Its id.</param>
    public bool Has(string attribute) => Find(attribute) is not null;

    /// <summary>An attribute's value: what was set, or the default; null where there is no such attribute.</summary>
    /// <param name="attribute">Its id.</param>
    public string? Get(string attribute) => _values.GetValueOrDefault(attribute) ?? Find(attribute)?.Value;

    /// <summary>The values that the server recommends for an attribute; none where it has no such attribute or it is fixed.</summary>
    /// <param name="attribute">Its id.</param>
    public IReadOnlyList<string> Recommended(string attribute) =>
        Find(attribute) is { IsModifiable: true } definition ? definition.Recommended : [];

    /// <inheritdoc cref="Set(string, string)"/>
    public Blueprint Set(string attribute, int value) => Set(attribute, value.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Set(string, string)"/>
    public Blueprint Set(string attribute, double value) => Set(attribute, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Sets an attribute. The server would silently fall back to its default on a wrong value, so it is checked here.</summary>
    /// <param name="attribute">Its id, e.g. "image_size_x".</param>
    /// <param name="value">As text: "640", "90.0", "true", "255,0,0".</param>
    /// <returns>This blueprint.</returns>
    /// <exception cref="EdgeSimException">There is no such attribute, it is fixed, or the value does not fit it.</exception>
    public Blueprint Set(string attribute, string value)
    {
        ActorAttribute definition = Find(attribute) ?? throw new EdgeSimException(
            $"Blueprint '{Id}' has no attribute '{attribute}'.", $"It has: {string.Join(", ", _definition.Attributes.Select(a => a.Id))}.");
        if (!definition.IsModifiable)
            throw new EdgeSimException($"The attribute '{attribute}' of '{Id}' can't be set; it is always '{definition.Value}'.");
        AttributeKind kind = (AttributeKind)((int)definition.Type - _profile.AttributeTypeBase);
        if (!Fits(kind, value))
        {
            throw new EdgeSimException($"'{value}' is no value for the attribute '{attribute}' of '{Id}'.",
                $"It must be {Describe(kind)}.");
        }
        if (definition.RestrictToRecommended && !definition.Recommended.Contains(value))
        {
            throw new EdgeSimException($"'{value}' is not allowed for the attribute '{attribute}' of '{Id}'.",
                $"Allowed: {string.Join(", ", definition.Recommended)}.");
        }
        _values[attribute] = value;
        return this;
    }

    /// <summary>
    /// The description to spawn from: every attribute, as the official client sends it, each with the server's own type number.
    /// </summary>
    public ActorDescription ToDescription() => new(_definition.Uid, _definition.Id,
        [.. _definition.Attributes.Select(a => new ActorAttributeValue(a.Id, a.Type, _values.GetValueOrDefault(a.Id, a.Value)))]);

    private ActorAttribute? Find(string attribute) => Array.Find(_definition.Attributes, a => a.Id == attribute);

    private static bool Fits(AttributeKind kind, string value) => kind switch
    {
        AttributeKind.Boolean => value.ToLowerInvariant() is "true" or "false",
        AttributeKind.Integer => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        AttributeKind.Float => float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
            && float.IsFinite(number),
        AttributeKind.Color => value.Split(',') is { Length: 3 } parts && parts.All(part => byte.TryParse(part, out _)),
        _ => true,
    };

    private static string Describe(AttributeKind kind) => kind switch
    {
        AttributeKind.Boolean => "true or false",
        AttributeKind.Integer => "an integer",
        AttributeKind.Float => "a number",
        _ => "a colour like 255,0,0",
    };
}
