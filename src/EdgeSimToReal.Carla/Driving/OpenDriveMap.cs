using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using EdgeSimToReal.Core;

namespace EdgeSimToReal.Carla.Driving;

/// <summary>The roads of an OpenDRIVE map, as far as following a lane needs them.</summary>
internal sealed class OpenDriveMap
{
    private OpenDriveMap(Road[] roads, RoadConnection[] connections)
    {
        Roads = roads.ToDictionary(road => road.Id);
        Connections = connections;
    }

    public IReadOnlyDictionary<string, Road> Roads { get; }

    public IReadOnlyList<RoadConnection> Connections { get; }

    /// <summary>Reads a map.</summary>
    /// <exception cref="EdgeSimException">It is no OpenDRIVE.</exception>
    public static OpenDriveMap Parse(string xml)
    {
        try
        {
            // A server's text: no DTD, so no entities that expand or reach out.
            using XmlReader reader = XmlReader.Create(new StringReader(xml.TrimStart('\uFEFF', ' ', '\r', '\n')),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            XElement root = XDocument.Load(reader).Root!;
            return new([.. root.Elements("road").Select(ReadRoad)], [.. root.Elements("junction").SelectMany(ReadJunction)]);
        }
        catch (Exception error) when (error is XmlException or FormatException or OverflowException or ArgumentException)
        {
            throw new EdgeSimException($"The server's map is no OpenDRIVE that can be read: {error.Message.TrimEnd('.')}.",
                "Drive by a Traffic Manager, or attach the camera to a vehicle that something else drives.", ExitCode.BadInput, error);
        }
    }

    private static Road ReadRoad(XElement road) => new(Text(road, "id"), Number(road, "length"),
        [.. road.Elements("planView").Elements("geometry").Select(ReadGeometry)],
        [.. road.Elements("elevationProfile").Elements("elevation").Select(e => ReadPolynomial(e, "s"))],
        [.. road.Elements("lanes").Elements("laneOffset").Select(e => ReadPolynomial(e, "s"))],
        [.. road.Elements("lanes").Elements("laneSection").Select(ReadSection)],
        ReadLink(road.Element("link")?.Element("predecessor")), ReadLink(road.Element("link")?.Element("successor")));

    private static RoadGeometry ReadGeometry(XElement element)
    {
        RoadGeometry line = new(Number(element, "s"), Number(element, "x"), Number(element, "y"), Number(element, "hdg"),
            Number(element, "length"), 0, 0);
        if (element.Element("arc") is { } arc)
        {
            double curvature = Number(arc, "curvature");
            return line with { CurvatureStart = curvature, CurvatureEnd = curvature };
        }
        if (element.Element("spiral") is { } spiral)
            return line with { CurvatureStart = Number(spiral, "curvStart"), CurvatureEnd = Number(spiral, "curvEnd") };
        if (element.Element("poly3") is { } poly)
            return line with { Polynomial = [0, 1, 0, 0, Number(poly, "a"), Number(poly, "b"), Number(poly, "c"), Number(poly, "d")] };
        if (element.Element("paramPoly3") is { } param)
        {
            return line with
            {
                Polynomial =
                [
                    Number(param, "aU"), Number(param, "bU"), Number(param, "cU"), Number(param, "dU"),
                    Number(param, "aV"), Number(param, "bV"), Number(param, "cV"), Number(param, "dV"),
                ],
                IsNormalized = param.Attribute("pRange")?.Value != "arcLength",
            };
        }
        return line;
    }

    private static RoadSection ReadSection(XElement section) => new(Number(section, "s"),
        [.. section.Elements("left").Concat(section.Elements("right")).Elements("lane").Select(lane => new RoadLane(
            int.Parse(Text(lane, "id"), CultureInfo.InvariantCulture), KindOf(Text(lane, "type")),
            [.. lane.Elements("width").Select(e => ReadPolynomial(e, "sOffset"))],
            ReadLane(lane.Element("link")?.Element("predecessor")), ReadLane(lane.Element("link")?.Element("successor"))))]);

    private static LaneKind KindOf(string type) => type switch
    {
        "driving" => LaneKind.Driving,
        "sidewalk" => LaneKind.Sidewalk,
        _ => LaneKind.Other,
    };

    private static IEnumerable<RoadConnection> ReadJunction(XElement junction) => junction.Elements("connection")
        .Select(c => new RoadConnection(Text(junction, "id"), Text(c, "incomingRoad"), Text(c, "connectingRoad"),
            Text(c, "contactPoint") != "end",
        [.. c.Elements("laneLink").Select(l => ((int)Number(l, "from"), (int)Number(l, "to")))]));

    private static RoadLink? ReadLink(XElement? link) => link is null
        ? null
        : new(Text(link, "elementId"), Text(link, "elementType") == "junction", link.Attribute("contactPoint")?.Value != "end");

    private static int? ReadLane(XElement? link) => link is null ? null : (int)Number(link, "id");

    private static RoadPolynomial ReadPolynomial(XElement element, string start) =>
        new(Number(element, start), Number(element, "a"), Number(element, "b"), Number(element, "c"), Number(element, "d"));

    private static string Text(XElement element, string attribute) => element.Attribute(attribute)?.Value ?? "";

    private static double Number(XElement element, string attribute) =>
        double.Parse(Text(element, attribute), CultureInfo.InvariantCulture);
}
