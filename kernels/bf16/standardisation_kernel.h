#pragma once

#include <algorithm>

#include "standardisation.h"
#include "vectors.h"

namespace edgesim {
namespace {

// Each channel's value for every lane of a period.
template <class F>
void spread(float* to, int64_t period, int64_t channels, const F& value) {
    for (int64_t c = 0; c < channels; c++) {
        const float one = value(c);
        for (int64_t i = c; i < period; i += channels) {
            to[i] = one;
        }
    }
}

// Sums f(number, lane's place in the period) over `count` pixels by channel. `sums` has a period's floats.
template <class V, class F, class Take>
void sum_channels(const uint16_t* x, int64_t count, int64_t channels, float* sums, const F& f, const Take& take) {
    const int64_t period = V::lanes * channels, whole = count * channels / period * period;
    std::fill(sums, sums + period, 0.0f);
    for (int64_t from = 0; from < whole; from += period) {
        for (int64_t i = 0; i < period; i += V::lanes) {
            (V::load(sums + i) + f(load_bf16<V>(x + from + i), i)).store(sums + i);
        }
    }
    for (int64_t c = 0; c < channels; c++) {
        double sum = 0;
        for (int64_t i = c; i < period; i += channels) {
            sum += sums[i];
        }
        for (int64_t i = whole + c; i < count * channels; i += channels) {
            float lanes[V::lanes];
            f(V::all(from_bf16(x[i])), c).store(lanes);
            sum += lanes[0];
        }
        take(c, sum);
    }
}

template <class V>
void bf16_moments(const Bf16Standardisation& a, int64_t task, void* scratch) {
    const int64_t image = task / a.blocks(), block = task % a.blocks(), channels = a.channels;
    const int64_t first = block * Bf16Standardisation::pixels_per_task;
    const int64_t count = std::min(Bf16Standardisation::pixels_per_task, a.pixels - first);
    const uint16_t* const x = a.x + (image * a.pixels + first) * channels;
    float* const sums = static_cast<float*>(scratch);
    float* const means = sums + a.period();
    auto moments = [&](int64_t c) { return a.moments + 2 * ((image * channels + c) * a.blocks() + block); };
    sum_channels<V>(
        x, count, channels, sums, [](V value, int64_t) { return value; },
        [&](int64_t c, double sum) { moments(c)[0] = sum / static_cast<double>(count); });
    spread(means, V::lanes * channels, channels, [&](int64_t c) { return static_cast<float>(moments(c)[0]); });
    sum_channels<V>(
        x, count, channels, sums,
        [&](V value, int64_t i) {
            const V difference = value - V::load(means + i);
            return difference * difference;
        },
        [&](int64_t c, double sum) { moments(c)[1] = sum; });
}

template <class V>
void bf16_standardisation(const Bf16Standardisation& a, int64_t task, void* scratch) {
    const int64_t image = task / a.blocks(), first = task % a.blocks() * Bf16Standardisation::pixels_per_task;
    const int64_t channels = a.channels, period = V::lanes * channels;
    const int64_t count = std::min(Bf16Standardisation::pixels_per_task, a.pixels - first) * channels;
    const uint16_t* const x = a.x + (image * a.pixels + first) * channels;
    uint16_t* const output = a.output + (image * a.pixels + first) * channels;
    const float* const mean = a.mean + image * channels;
    const float* const scale = a.scale + image * channels;
    float* const scales = static_cast<float*>(scratch);
    float* const offsets = scales + a.period();
    spread(scales, period, channels, [&](int64_t c) { return scale[c]; });
    spread(offsets, period, channels, [&](int64_t c) { return -mean[c] * scale[c]; });
    for (int64_t from = 0; from < count; from += period) {
        const int64_t here = std::min(period, count - from);
        for (int64_t i = 0; i < here; i += V::lanes) {
            put_bf16(V::multiply_add(get_bf16<V>(x + from + i, here - i), V::load(scales + i), V::load(offsets + i)),
                     output + from + i, here - i);
        }
    }
}

}  // namespace
}  // namespace edgesim
