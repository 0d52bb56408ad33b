#pragma once

#include <algorithm>

#include "moments.h"
#include "simd.h"

namespace edgesim {
namespace {

// The sum of f(x) over `count` values; f takes vectors, the last of which may be a single value in all lanes.
template <class V, class F>
double sum_of(const float* x, int64_t count, const F& f) {
    // As many additions at once as a processor has under way.
    constexpr int64_t chains = 4;
    V sums[chains] = {V::all(0), V::all(0), V::all(0), V::all(0)};
    int64_t i = 0;
    for (; i + chains * V::lanes <= count; i += chains * V::lanes) {
        for (int64_t chain = 0; chain < chains; chain++) {
            sums[chain] = sums[chain] + f(V::load(x + i + chain * V::lanes));
        }
    }
    float lanes[V::lanes];
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).store(lanes);
    double sum = 0;
    for (int64_t lane = 0; lane < V::lanes; lane++) {
        sum += lanes[lane];
    }
    for (; i < count; i++) {
        f(V::all(x[i])).store(lanes);
        sum += lanes[0];
    }
    return sum;
}

template <class V>
void plane_moments(const PlaneMoments& a, int64_t task) {
    const int64_t plane = task / a.blocks(), first = task % a.blocks() * PlaneMoments::pixels_per_task;
    const int64_t count = std::min(PlaneMoments::pixels_per_task, a.pixels - first);
    const float* const x = a.x + plane * a.pixels + first;
    const double mean = sum_of<V>(x, count, [](V value) { return value; }) / static_cast<double>(count);
    const V middle = V::all(static_cast<float>(mean));
    a.moments[2 * task] = mean;
    a.moments[2 * task + 1] = sum_of<V>(x, count, [middle](V value) {
        const V difference = value - middle;
        return difference * difference;
    });
}

}  // namespace
}  // namespace edgesim
