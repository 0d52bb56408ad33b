#pragma once

#include <algorithm>

#include "simd.h"
#include "upsample_tail.h"

namespace edgesim {
namespace {

// Columns of even or odd number of two rows of z after the vertical filter.
struct FilteredRows {
    alignas(64) float row[2][tile + slack];
};

// The vertical filter for output rows 2m and 2m + 1 at `count` columns. With e(m) the phase's even rows and o(m) its
// odd ones (each already advanced to the first column), the five rows are o(m - 1), e(m), o(m), e(m + 1), o(m + 1).
template <class V>
void filter_down(const float* const rows[5], const V taps[4], int64_t count, float* first, float* second) {
    for (int64_t n = 0; n < count; n += V::lanes) {
        int64_t left = count - n;
        V a = get<V>(rows[0] + n, left), b = get<V>(rows[1] + n, left), c = get<V>(rows[2] + n, left),
          d = get<V>(rows[3] + n, left), e = get<V>(rows[4] + n, left);
        V even = V::multiply_add(taps[0], a, taps[1] * b) + V::multiply_add(taps[2], c, taps[3] * d);
        V odd = V::multiply_add(taps[0], b, taps[1] * c) + V::multiply_add(taps[2], d, taps[3] * e);
        even.store(first + n);
        odd.store(second + n);
    }
}

// The horizontal filter of one row and what follows it. `even` begins at column n = 0 of the tile, `odd` at column -1.
template <class V>
void filter_across(const float* even, const float* odd, const V taps[4], int64_t count, V bias, V slope,
                   const float* noise, float* output) {
    for (int64_t n = 0; n < count; n += V::lanes) {
        V before = V::load(odd + n), e = V::load(even + n), o = V::load(odd + n + 1), next = V::load(even + n + 1),
          after = V::load(odd + n + 2);
        V low, high;
        V::interleave(V::multiply_add(taps[0], before, taps[1] * e) + V::multiply_add(taps[2], o, taps[3] * next),
                      V::multiply_add(taps[0], e, taps[1] * o) + V::multiply_add(taps[2], next, taps[3] * after), low,
                      high);
        int64_t left = 2 * (count - n);
        const float* map = noise == nullptr ? nullptr : noise + 2 * n;
        put(activate(low, map, left, bias, slope), output + 2 * n, left);
        if (left > V::lanes) {
            map = map == nullptr ? nullptr : map + V::lanes;
            put(activate(high, map, left - V::lanes, bias, slope), output + 2 * n + V::lanes, left - V::lanes);
        }
    }
}

template <class V>
void upsample_tail(const UpsampleTail& a, int64_t task) {
    // The rows above and below the picture.
    static constexpr float zeros[tile + 2] = {};
    const int64_t channel = task % a.channels, block = task / a.channels % a.blocks();
    const int64_t plane = task / a.channels / a.blocks() * a.channels + channel;
    const int64_t first = block * UpsampleTail::rows_per_task;
    const int64_t last = std::min(first + UpsampleTail::rows_per_task, a.height);
    const V bias = V::all(a.bias[channel]), slope = V::all(a.slope);
    const V taps[4] = {V::all(a.taps[0]), V::all(a.taps[1]), V::all(a.taps[2]), V::all(a.taps[3])};
    FilteredRows even = {}, odd = {};

    for (int64_t left = 0; left < a.width; left += tile) {
        const int64_t count = std::min(tile, a.width - left);
        for (int64_t m = first; m < last; m++) {
            for (int q = 0; q < 2; q++) {
                // Even columns left .. left + count; odd ones from one column before to one behind, where there are
                // any.
                const int64_t width = a.width + 1 - q;
                const int64_t from = q == 0 ? left : std::max<int64_t>(left - 1, 0);
                const int64_t to = std::min(left + count + 1, width);
                const float* e = a.phase[0][q] + (plane * (a.height + 1) + m) * width + from;
                const float* o = a.phase[1][q] + (plane * a.height + m) * width + from;
                const float* const rows[5] = {m > 0 ? o - width : zeros, e, o, e + width,
                                              m + 1 < a.height ? o + width : zeros};
                FilteredRows& filtered = q == 0 ? even : odd;
                const int64_t start = q == 0 ? 0 : from - (left - 1);
                filter_down<V>(rows, taps, to - from, filtered.row[0] + start, filtered.row[1] + start);
            }
            for (int p = 0; p < 2; p++) {
                if (left == 0) {
                    odd.row[p][0] = 0;
                }
                if (left + count == a.width) {
                    odd.row[p][count + 1] = 0;
                }
                const int64_t row = 2 * m + p, offset = row * 2 * a.width + 2 * left;
                filter_across<V>(even.row[p], odd.row[p], taps, count, bias, slope,
                                 a.noise == nullptr ? nullptr : a.noise + offset,
                                 a.output + plane * 4 * a.height * a.width + offset);
            }
        }
    }
}

}  // namespace
}  // namespace edgesim
