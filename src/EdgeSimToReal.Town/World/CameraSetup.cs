using System.Globalization;
using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Town.World;

/// <summary>Size and lens of a camera.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Fov">Horizontal field of view in degrees.</param>
/// <param name="Period">Simulated seconds between pictures; 0 for one a tick.</param>
internal sealed record CameraSetup(CameraKind Kind, int Width, int Height, float Fov, double Period)
{
    private const int LargestSide = 8192;

    // A message's length is 32 bits and its memory is taken for as long as the camera lives.
    private const int LargestArea = 1 << 24;

    /// <summary>Reads a camera's attributes.</summary>
    /// <remarks>As the real server does: an attribute of the wrong type, or none, or no number, silently means the default.</remarks>
    /// <param name="blueprint">The camera's blueprint.</param>
    /// <param name="description">What the client sent.</param>
    /// <param name="setup">The camera.</param>
    /// <returns>False for a camera that can't be: no pixels, or too many.</returns>
    public static bool TryRead(Blueprint blueprint, ActorDescription description, out CameraSetup setup)
    {
        double width = Number("image_size_x");
        double height = Number("image_size_y");
        double fov = Number("fov");
        double period = Number("sensor_tick");
        bool isPossible = width is >= 1 and <= LargestSide && height is >= 1 and <= LargestSide && width * height <= LargestArea
            && fov is >= 1 and <= 170 && period is >= 0 and <= 1e6;
        setup = isPossible
            ? new CameraSetup(blueprint.Camera, (int)width, (int)height, (float)fov, period)
            : new CameraSetup(blueprint.Camera, 1, 1, 90, 0);
        return isPossible;

        double Number(string id)
        {
            ActorAttribute definition = blueprint.Find(id)!;
            ActorAttributeValue? sent = Array.Find(description.Attributes, attribute => attribute.Id == id);
            return sent is not null && sent.Type == definition.Type && TryParse(sent.Value, out double value)
                ? value
                : double.Parse(definition.Value, CultureInfo.InvariantCulture);
        }
    }

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
