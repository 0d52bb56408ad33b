#pragma once

#include <algorithm>
#include <cmath>

#include "border.h"
#include "vectors.h"

namespace edgesim {
namespace {

template <class V>
void bf16_entry(const Bf16Entry& a, int64_t task) {
    const int64_t image = task / a.blocks(), first = task % a.blocks() * Bf16Entry::pixels_per_task;
    const int64_t last = std::min(first + Bf16Entry::pixels_per_task, a.pixels), pitch = round_up(a.outputs, 32);
    const float* x = a.x + image * a.inputs * a.pixels;
    const V slope = V::all(a.slope);
    for (int64_t p = first; p < last; p++) {
        uint16_t* output = a.output + (image * a.pixels + p) * a.outputs;
        if (a.weights == nullptr) {
            for (int64_t c = 0; c < a.inputs; c++) {
                output[c] = to_bf16(x[c * a.pixels + p]);
            }
            continue;
        }
        for (int64_t o = 0; o < a.outputs; o += V::lanes) {
            V sum = V::load(a.bias + o);
            for (int64_t c = 0; c < a.inputs; c++) {
                sum = V::multiply_add(V::all(x[c * a.pixels + p]), V::load(a.weights + c * pitch + o), sum);
            }
            put_bf16(V::leaky(sum, slope), output + o, a.outputs - o);
        }
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
