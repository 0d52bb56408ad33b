using EdgeSimToReal.Town.Rendering;
using EdgeSimToReal.Town.Server.Streams;
using EdgeSimToReal.Town.World;

namespace EdgeSimToReal.Town.Server;

/// <summary>Makes the messages of a frame's cameras; cameras with the same view share one rendering.</summary>
internal sealed class ShotRenderer
{
    private readonly RenderTargets _targets = new();

    /// <summary>Gives every shot's feed its message.</summary>
    public void Render(TickPlan plan)
    {
        for (int first = 0; first < plan.Shots.Count; first++)
        {
            Shot lead = plan.Shots[first];
            if (lead.Feed.Message is not null)
                continue;
            if (lead.Feed.Reel is { } reel)
                Replay(plan, lead.Feed, reel);
            else
                RenderGroup(plan, first);
        }
    }

    private static void Replay(TickPlan plan, CameraFeed feed, ReplayReel reel)
    {
        // The frame's number chooses the picture, so that cameras of one frame show the same moment.
        int index = (int)(plan.Frame % (ulong)reel.Count);
        StreamMessage message = feed.Stream.Rent();
        message.Body = reel.Picture(index);
        message.BodyLength = message.Body.Length;
        plan.StampPicture(message, feed, reel.Pose(index));
        feed.Message = message;
    }

    private void RenderGroup(TickPlan plan, int first)
    {
        Shot lead = plan.Shots[first];
        CameraSetup setup = lead.Feed.Setup;
        int pixels = setup.Width * setup.Height;
        RenderScratch scratch = lead.Feed.Scratch;
        CameraFeed? rgb = null;
        bool hasTags = false, hasDepth = false, hasInstances = false, hasFlow = false;
        for (int i = first; i < plan.Shots.Count; i++)
        {
            Shot shot = plan.Shots[i];
            CameraFeed feed = shot.Feed;
            if (feed.Reel is not null || feed.Message is not null || !shot.SharesViewWith(lead))
                continue;
            feed.Message = feed.Stream.Rent();
            feed.Message.OwnBody(feed.PictureLength);
            rgb ??= feed.Setup.Kind == CameraKind.Rgb ? feed : null;
            hasTags |= feed.Setup.Kind is CameraKind.Semantic or CameraKind.Instance;
            hasInstances |= feed.Setup.Kind == CameraKind.Instance;
            hasDepth |= feed.Setup.Kind == CameraKind.Depth;
            hasFlow |= feed.Setup.Kind == CameraKind.OpticalFlow;
        }
        _targets.Bgra = rgb?.Message!.Body;
        _targets.Tags = hasTags ? scratch.Tags(pixels) : null;
        _targets.Depth = hasDepth ? scratch.Depth(pixels) : null;
        _targets.Instances = hasInstances ? scratch.Instances(pixels) : null;
        _targets.Flow = hasFlow ? scratch.Flow(pixels) : null;
        plan.Stage.Render(new CameraView(setup.Width, setup.Height, setup.Fov), lead.Pose, lead.LastPose, plan.Weather, _targets);
        for (int i = first; i < plan.Shots.Count; i++)
        {
            Shot shot = plan.Shots[i];
            if (shot.Feed.Reel is null && shot.Feed.Message is { HeadLength: 0 } message && shot.SharesViewWith(lead))
            {
                Encode(shot.Feed.Setup.Kind, _targets, message.Body);
                plan.StampPicture(message, shot.Feed, shot.Pose);
            }
        }
    }

    /// <summary>Writes one camera's picture from what was rendered.</summary>
    public static void Encode(CameraKind kind, RenderTargets targets, byte[] picture)
    {
        switch (kind)
        {
            case CameraKind.Rgb:
                if (picture != targets.Bgra)
                    targets.Bgra!.CopyTo(picture, 0);
                break;
            case CameraKind.Semantic:
                PixelEncoding.Semantic(targets.Tags, picture);
                break;
            case CameraKind.Instance:
                PixelEncoding.Instance(targets.Tags, targets.Instances, picture);
                break;
            case CameraKind.Depth:
                DepthEncoding.Encode(targets.Depth, picture);
                break;
            default:
                PixelEncoding.Flow(targets.Flow, picture);
                break;
        }
    }
}
