#pragma once

#include <cstring>
#include <limits>

#include "convolution.h"
#include "vectors.h"

// What follows a convolution's sums: noise, bias, leaky ReLU, skip connection, rounding, or the planes.
namespace edgesim {
namespace {

// A strip of finished sums: pixels of one row, up to 32 output channels.
struct Finish {
    int64_t image, row, column, pixels;
    int64_t first, count;  // output channels
    float* sums;           // [pixels, pitch]
    float* scratch;        // [pixels / 2 + 3, 32]
    int64_t pitch = pair_channels;
};

// The strip's part of an enlarged skip connection, interpolated between rows; column m of it lies at (m - low) * 32.
template <class V>
void interpolate_skip(const Bf16Convolution& a, const Finish& f, int64_t low, int64_t high) {
    const int64_t height = a.out_height / 2, width = a.out_width / 2, m = f.row / 2;
    const int64_t other = std::clamp<int64_t>(f.row % 2 == 0 ? m - 1 : m + 1, 0, height - 1);
    const V near = V::all(0.75f), far = V::all(0.25f);
    for (int64_t n = low; n <= high; n++) {
        const int64_t at = std::clamp<int64_t>(n, 0, width - 1);
        auto pixel = [&](int64_t row) {
            return a.skip + ((f.image * height + row) * width + at) * a.outputs + f.first;
        };
        const uint16_t *here = pixel(m), *there = pixel(other);
        for (int64_t c = 0; c < f.count; c += V::lanes) {
            const int64_t left = f.count - c;
            V::multiply_add(far, get_bf16<V>(there + c, left), near * get_bf16<V>(here + c, left))
                .store(f.scratch + (n - low) * pair_channels + c);
        }
    }
}

// Sums of the lanes of each vector, in the vectors' order. Half the vectors at a time: pairs of lanes are added.
template <class V>
V sum_lanes(V values[V::lanes]) {
    for (int64_t count = V::lanes; count > 1; count /= 2) {
        for (int64_t k = 0; k < count / 2; k++) {
            V even, odd;
            V::deinterleave(values[2 * k], values[2 * k + 1], even, odd);
            values[k] = even + odd;
        }
    }
    return values[0];
}

// The 1x1 convolution of finished values to planes; the first channels bring the bias.
template <class V>
void add_to_planes(const Bf16Convolution& a, const Finish& f) {
    const int64_t channels = round_up(f.count, block_channels), pitch = round_up(a.outputs, pair_channels);
    for (int64_t q = 0; q < a.plane_count; q++) {
        const float* weights = a.plane_weights + q * pitch + f.first;
        float* out = a.planes + ((f.image * a.plane_count + q) * a.out_height + f.row) * a.out_width + f.column;
        for (int64_t p = 0; p < f.pixels; p += V::lanes) {
            V products[V::lanes];
            for (int64_t i = 0; i < V::lanes; i++) {
                const float* values = f.sums + (p + i) * f.pitch;
                products[i] = V::all(0);
                for (int64_t c = 0; c < channels; c += V::lanes) {
                    products[i] = V::multiply_add(V::load(values + c), V::load(weights + c), products[i]);
                }
            }
            const int64_t left = f.pixels - p;
            const V before = f.first == 0 ? V::all(a.plane_bias[q]) : get<V>(out + p, left);
            put(before + sum_lanes<V>(products), out + p, left);
        }
    }
}

template <class V>
void finish(const Bf16Convolution& a, const Finish& f) {
    const V slope = V::all(a.slope), maximum = V::all(a.maximum), near = V::all(0.75f), far = V::all(0.25f);
    const int64_t low = f.column / 2 - 1, pixel = (f.image * a.out_height + f.row) * a.out_width + f.column;
    if (a.skip_size == Skip::half) {
        interpolate_skip<V>(a, f, low, (f.column + f.pixels - 1) / 2 + 1);
    }
    const float* noise = a.noise == nullptr ? nullptr : a.noise + f.row * a.out_width + f.column;
    const bool activated = a.slope != 1, limited = a.maximum < std::numeric_limits<float>::infinity();
    for (int64_t p = 0; p < f.pixels; p++) {
        float* sums = f.sums + p * f.pitch;
        const int64_t at = (pixel + p) * a.outputs + f.first, column = f.column + p;
        const float* enlarged = f.scratch + (column / 2 - low) * pair_channels;
        const float* beside = enlarged + (column % 2 == 0 ? -pair_channels : pair_channels);
        for (int64_t c = 0; c < f.count; c += V::lanes) {
            const int64_t left = f.count - c;
            V y = V::load(sums + c) + V::load(a.bias + f.first + c);
            if (noise != nullptr) {
                y = y + V::all(noise[p]);
            }
            V skip = V::all(0);
            if (a.skip_size == Skip::full) {
                skip = get_bf16<V>(a.skip + at + c, left);
            } else if (a.skip_size == Skip::half) {
                skip = V::multiply_add(far, V::load(beside + c), near * V::load(enlarged + c));
            }
            if (a.skip_size != Skip::none && a.skip_first) {
                y = y + skip;
            }
            if (activated) {
                y = V::leaky(y, slope);
            }
            if (limited) {
                y = least(y, maximum);
            }
            if (a.skip_size != Skip::none && !a.skip_first) {
                y = y + skip;
            }
            if (a.planes == nullptr) {
                put_bf16(y, a.output + at + c, left);
            } else {
                y.store(sums + c);
            }
        }
    }
    if (a.planes == nullptr) {
        return;
    }
    // Channels that there are not must not bring a NaN of theirs into the planes.
    const int64_t behind = round_up(f.count, block_channels) - f.count;
    for (int64_t p = 0; behind > 0 && p < f.pixels; p++) {
        std::memset(f.sums + p * f.pitch + f.count, 0, static_cast<size_t>(behind) * sizeof(float));
    }
    add_to_planes<V>(a, f);
}

}  // namespace
}  // namespace edgesim
