using System.Numerics;
using EdgeSimToReal.Town.Scene;

namespace EdgeSimToReal.Town.Rendering;

/// <content>Tags, instance ids, depth and flow from the z-buffer.</content>
public sealed unsafe partial class TownRenderer
{
    private void WriteTags(byte[] tags, ReadOnlySpan<byte> table, int from, int to)
    {
        int* ids = _rasterizer.Ids;
        ReadOnlySpan<TriangleSetup> setups = _rasterizer.Setups;
        byte sky = table[(int)TownTag.Sky], tag = sky;
        int last = -1;
        for (int i = from; i < to; i++)
        {
            int id = ids[i];
            if (id != last)
            {
                last = id;
                tag = id < 0 ? sky : table[_items[setups[id].Draw].Mesh.Tags[setups[id].Triangle]];
            }
            tags[i] = tag;
        }
    }

    private void WriteInstances(ushort[] instances, int from, int to)
    {
        int* ids = _rasterizer.Ids;
        ReadOnlySpan<TriangleSetup> setups = _rasterizer.Setups;
        for (int i = from; i < to; i++)
        {
            int id = ids[i];
            if (id < 0)
            {
                instances[i] = 0;
                continue;
            }
            ref readonly DrawItem item = ref _items[setups[id].Draw];
            instances[i] = item.Instance != 0 ? item.Instance : item.Mesh.Instances[setups[id].Triangle];
        }
    }

    private void WriteDepth(float[] depth, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            float inverse = _rasterizer.InverseDepth(i);
            depth[i] = inverse > 0 ? MathF.Min(1 / inverse, DepthEncoding.FarMetres) : DepthEncoding.FarMetres;
        }
    }

    private void WriteFlow(float[] flow, int top, int bottom)
    {
        int* ids = _rasterizer.Ids;
        ReadOnlySpan<TriangleSetup> setups = _rasterizer.Setups;
        // The sky turns with the camera but does not shift.
        Affine turn = _toReference.Then(_camera);
        turn.Origin = Vector3.Zero;
        float scale = 1 / _focal;
        for (int y = top; y < bottom; y++)
        {
            float up = (_centreY - y - 0.5f) * scale;
            for (int x = 0; x < _view.Width; x++)
            {
                int at = (y * _view.Width) + x, id = ids[at];
                Vector3 ray = new(1, (x + 0.5f - _centreX) * scale, up);
                bool still = id < 0 ? _sameCamera : _items[setups[id].Draw].Still;
                if (still)
                {
                    flow[at * 2] = flow[(at * 2) + 1] = 0;
                    continue;
                }
                Vector3 there = id < 0 ? turn.Turn(ray) : _items[setups[id].Draw].ToReference.Apply(ray * (1 / _rasterizer.InverseDepth(at)));
                if (there.X < Rasterizer.Near)
                {
                    flow[at * 2] = flow[(at * 2) + 1] = float.NaN;
                    continue;
                }
                float inverse = _focal / there.X;
                flow[at * 2] = (there.Y * inverse) - (ray.Y * _focal);
                flow[(at * 2) + 1] = (ray.Z * _focal) - (there.Z * inverse);
            }
        }
    }
}
