#pragma once

#include <algorithm>
#include <cmath>

#include "border.h"
#include "vectors.h"

namespace edgesim {
namespace {

// One vector of output channels at `output` of `count` pixels at x; `left` channels are written, or whole vectors. A
// picture's three planes have their weights in registers.
template <class V, bool whole>
void enter(const Bf16Entry& a, const float* x, int64_t count, int64_t channel, uint16_t* output) {
    const int64_t pitch = round_up(a.outputs, 32), pixels = a.pixels, inputs = a.inputs, outputs = a.outputs,
                  left = outputs - channel;
    const float* const weights = a.weights + channel;
    const V slope = V::all(a.slope), bias = V::load(a.bias + channel);
    auto finish = [&](V sum, int64_t p) { put_part<whole>(V::leaky(sum, slope), output + p * outputs, left); };
    if (inputs == 3) {
        const float *red = x, *green = x + pixels, *blue = x + 2 * pixels;
        const V by_red = V::load(weights), by_green = V::load(weights + pitch), by_blue = V::load(weights + 2 * pitch);
        for (int64_t p = 0; p < count; p++) {
            V sum = V::multiply_add(V::all(red[p]), by_red, bias);
            sum = V::multiply_add(V::all(green[p]), by_green, sum);
            finish(V::multiply_add(V::all(blue[p]), by_blue, sum), p);
        }
        return;
    }
    for (int64_t p = 0; p < count; p++) {
        V sum = bias;
        for (int64_t c = 0; c < inputs; c++) {
            sum = V::multiply_add(V::all(x[c * pixels + p]), V::load(weights + c * pitch), sum);
        }
        finish(sum, p);
    }
}

template <class V>
void bf16_entry(const Bf16Entry& a, int64_t task) {
    const int64_t image = task / a.blocks(), first = task % a.blocks() * Bf16Entry::pixels_per_task;
    const int64_t count = std::min(Bf16Entry::pixels_per_task, a.pixels - first);
    const float* const x = a.x + image * a.inputs * a.pixels + first;
    uint16_t* const output = a.output + (image * a.pixels + first) * a.outputs;
    if (a.weights == nullptr) {
        for (int64_t p = 0; p < count; p++) {
            for (int64_t c = 0; c < a.inputs; c++) {
                output[p * a.outputs + c] = to_bf16(x[c * a.pixels + p]);
            }
        }
        return;
    }
    for (int64_t o = 0; o < a.outputs; o += V::lanes) {
        const auto vector = a.outputs - o >= V::lanes ? enter<V, true> : enter<V, false>;
        vector(a, x, count, o, output + o);
    }
}

inline void bf16_exit(const Bf16Exit& a, int64_t task) {
    const int64_t image = task / a.blocks(), first = task % a.blocks() * Bf16Exit::pixels_per_task;
    const int64_t last = std::min(first + Bf16Exit::pixels_per_task, a.pixels);
    // 64 pixels at a time, so that their lines stay in the first-level cache while the planes are written.
    for (int64_t from = first; from < last; from += 64) {
        const int64_t to = std::min(from + 64, last);
        for (int64_t c = 0; c < a.channels; c++) {
            float* output = a.output + (image * a.channels + c) * a.pixels;
            for (int64_t p = from; p < to; p++) {
                output[p] = from_bf16(a.x[(image * a.pixels + p) * a.channels + c]);
            }
        }
    }
}

inline void bf16_normalisation(const Bf16Normalisation& a, int64_t task) {
    const int64_t image = task / a.blocks(), first = task % a.blocks() * Bf16Normalisation::pixels_per_task;
    const int64_t last = std::min(first + Bf16Normalisation::pixels_per_task, a.pixels);
    for (int64_t p = first; p < last; p++) {
        const uint16_t* x = a.x + (image * a.pixels + p) * a.channels;
        uint16_t* output = a.output + (image * a.pixels + p) * (a.channels + a.label_channels);
        float sum = 1e-8f;
        for (int64_t c = 0; c < a.channels; c++) {
            sum += from_bf16(x[c]) * from_bf16(x[c]);
        }
        const float root = std::sqrt(sum);
        for (int64_t c = 0; c < a.channels; c++) {
            output[c] = to_bf16(from_bf16(x[c]) / root * a.scale[c] + a.offset[c]);
        }
        for (int64_t k = 0; k < a.label_channels; k++) {
            output[a.channels + k] = to_bf16(a.labels[(image * a.label_channels + k) * a.pixels + p]);
        }
    }
}

}  // namespace
}  // namespace edgesim
