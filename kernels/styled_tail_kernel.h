#pragma once

#include <algorithm>

#include "simd.h"
#include "styled_tail.h"

namespace edgesim {
namespace {

// One row without an enlarged skip connection.
template <class V>
void styled_row(const float* x, const float* noise, const float* skip, int64_t count, V bias, V slope, float* output) {
    for (int64_t n = 0; n < count; n += V::lanes) {
        int64_t left = count - n;
        V y = activate(get<V>(x + n, left), noise == nullptr ? nullptr : noise + n, left, bias, slope);
        if (skip != nullptr) {
            y = y + get<V>(skip + n, left);
        }
        put(y, output + n, left);
    }
}

// Two rows of the skip connection, interpolated vertically: rows 2m and 2m + 1 from rows m - 1, m, m + 1.
template <class V>
void interpolate_down(const float* const rows[3], int64_t count, float* first, float* second) {
    const V near = V::all(0.75f), far = V::all(0.25f);
    for (int64_t n = 0; n < count; n += V::lanes) {
        int64_t left = count - n;
        V middle = near * get<V>(rows[1] + n, left);
        V::multiply_add(far, get<V>(rows[0] + n, left), middle).store(first + n);
        V::multiply_add(far, get<V>(rows[2] + n, left), middle).store(second + n);
    }
}

// One row with the enlarged skip connection; `skip` begins at column -1 of the tile and has `count` columns between the
// two of the halo.
template <class V>
void styled_row_enlarged(const float* x, const float* noise, const float* skip, int64_t count, V bias, V slope,
                         float* output) {
    const V near = V::all(0.75f), far = V::all(0.25f);
    for (int64_t n = 0; n < count; n += V::lanes) {
        V middle = near * V::load(skip + n + 1);
        V low, high;
        V::interleave(V::multiply_add(far, V::load(skip + n), middle),
                      V::multiply_add(far, V::load(skip + n + 2), middle), low, high);
        for (int64_t half = 0; half < 2; half++) {
            int64_t at = 2 * n + half * V::lanes, left = 2 * count - at;
            if (left <= 0) {
                break;
            }
            V y = activate(get<V>(x + at, left), noise == nullptr ? nullptr : noise + at, left, bias, slope);
            put(y + (half == 0 ? low : high), output + at, left);
        }
    }
}

template <class V>
void styled_tail_enlarged(const StyledTail& a, int64_t plane, int64_t first, int64_t last, V bias, V slope) {
    const int64_t height = a.height / 2, width = a.width / 2;
    alignas(64) float interpolated[2][tile + slack] = {};
    for (int64_t left = 0; left < width; left += tile) {
        const int64_t count = std::min(tile, width - left);
        const int64_t from = std::max<int64_t>(left - 1, 0), to = std::min(left + count + 1, width),
                      start = from - (left - 1);
        for (int64_t m = first / 2; m < last / 2; m++) {
            const float* skip = a.skip + (plane * height + m) * width + from;
            const float* const rows[3] = {m > 0 ? skip - width : skip, skip, m + 1 < height ? skip + width : skip};
            interpolate_down<V>(rows, to - from, interpolated[0] + start, interpolated[1] + start);
            for (int p = 0; p < 2; p++) {
                if (left == 0) {
                    interpolated[p][0] = interpolated[p][1];
                }
                if (left + count == width) {
                    interpolated[p][count + 1] = interpolated[p][count];
                }
                const int64_t offset = (2 * m + p) * a.width + 2 * left, in_plane = plane * a.height * a.width + offset;
                styled_row_enlarged<V>(a.x + in_plane, a.noise == nullptr ? nullptr : a.noise + offset, interpolated[p],
                                       count, bias, slope, a.output + in_plane);
            }
        }
    }
}

template <class V>
void styled_tail(const StyledTail& a, int64_t task) {
    const int64_t channel = task % a.channels, block = task / a.channels % a.blocks();
    const int64_t plane = task / a.channels / a.blocks() * a.channels + channel;
    const int64_t first = block * StyledTail::rows_per_task,
                  last = std::min(first + StyledTail::rows_per_task, a.height);
    const V bias = V::all(a.bias[channel]), slope = V::all(a.slope);
    if (a.skip_size == Skip::half) {
        styled_tail_enlarged<V>(a, plane, first, last, bias, slope);
        return;
    }
    // Rows without a skip of another size lie one behind the other: the block is one long row.
    const int64_t offset = first * a.width, in_plane = plane * a.height * a.width + offset;
    styled_row<V>(a.x + in_plane, a.noise == nullptr ? nullptr : a.noise + offset,
                  a.skip_size == Skip::full ? a.skip + in_plane : nullptr, (last - first) * a.width, bias, slope,
                  a.output + in_plane);
}

}  // namespace
}  // namespace edgesim
