using System.Globalization;
using System.Text;
using EdgeSimToReal.Core.Frames;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Server;

/// <summary>The town's road as an OpenDRIVE 1.4 document: one closed road, two lanes and a pavement a side.</summary>
internal static class OpenDriveText
{
    private const double Degree = Math.PI / 180;

    /// <summary>Writes the document.</summary>
    /// <param name="path">The road's centre line.</param>
    /// <param name="name">The map's name.</param>
    public static string Write(DrivePath path, string name)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"""
            <?xml version="1.0" standalone="yes"?>
            <OpenDRIVE>
            <header revMajor="1" revMinor="4" name="{name}" version="1" date="2020-01-01T00:00:00"
             north="0" south="0" east="0" west="0" vendor="">
            <geoReference><![CDATA[+proj=tmerc +lat_0=0 +lon_0=0 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs]]></geoReference>
            </header>
            <road name="Road 0" length="{path.Length:R}" id="0" junction="-1">
            <link><predecessor elementType="road" elementId="0" contactPoint="end"/>
            <successor elementType="road" elementId="0" contactPoint="start"/></link>
            <planView>

            """);
        foreach ((double start, double length, bool isStraight) in path.Segments)
        {
            // OpenDRIVE is right-handed: its y and its angles are the negatives of CARLA's.
            Pose from = path.PoseAt(start, 0);
            text.Append(
                CultureInfo.InvariantCulture,
                $"<geometry s=\"{start:R}\" x=\"{from.X:R}\" y=\"{-from.Y:R}\" hdg=\"{-from.Yaw * Degree:R}\" length=\"{length:R}\">");
            if (isStraight)
            {
                text.Append("<line/>");
            }
            else
            {
                // Half the arc's turn, well inside it, so that neither end falls into a neighbour.
                Pose early = path.PoseAt(start + (length * 0.25), 0), late = path.PoseAt(start + (length * 0.75), 0);
                double turn = Math.IEEERemainder(late.Yaw - early.Yaw, 360);
                text.Append(CultureInfo.InvariantCulture, $"<arc curvature=\"{-turn * Degree / (length * 0.5):R}\"/>");
            }
            text.Append("</geometry>\n");
        }
        text.Append("""
            </planView>
            <elevationProfile><elevation s="0" a="0" b="0" c="0" d="0"/></elevationProfile>
            <lateralProfile/>
            <lanes><laneOffset s="0" a="0" b="0" c="0" d="0"/>
            <laneSection s="0">

            """);
        text.Append("<left>").Append(Lane(3, "sidewalk", 3)).Append(Lane(2, "parking", 3.5)).Append(Lane(1, "driving", 3.5));
        text.Append("""
            </left>
            <center><lane id="0" type="none" level="false"><link/>
            <roadMark sOffset="0" type="broken" weight="standard" color="standard" width="0.15" laneChange="none"/></lane></center>
            <right>
            """);
        text.Append(Lane(-1, "driving", 3.5)).Append(Lane(-2, "parking", 3.5)).Append(Lane(-3, "sidewalk", 3)).Append("</right>\n");
        text.Append("</laneSection></lanes></road></OpenDRIVE>\n");
        return text.ToString();
    }

    private static string Lane(int id, string type, double width) => string.Create(CultureInfo.InvariantCulture, $"""
        <lane id="{id}" type="{type}" level="false"><link><predecessor id="{id}"/><successor id="{id}"/></link>
        <width sOffset="0" a="{width}" b="0" c="0" d="0"/></lane>

        """);
}
