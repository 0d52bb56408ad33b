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

// Neighbouring lanes of `count` vectors added, so that half as many are left; in their order.
template <class V, int count>
void add_neighbours(V* values) {
#pragma GCC unroll 8
    for (int k = 0; k < count / 2; k++) {
        V even, odd;
        V::deinterleave(values[2 * k], values[2 * k + 1], even, odd);
        values[k] = even + odd;
    }
}

// V::lanes pixels of `planes` planes from their channels. Four pixels' products at a time are added up as far as they go, so that
// all stay in registers; the sums' order does not depend on how.
template <class V, int planes>
void pixels_to_planes(const float* values, int64_t pitch, const float* weights, int64_t row, int64_t channels, V* sums) {
    constexpr int together = V::lanes < 4 ? 1 : 4, groups = static_cast<int>(V::lanes) / together;
    V partial[planes][groups];
#pragma GCC unroll 4
    for (int g = 0; g < groups; g++) {
        V products[planes][together];
#pragma GCC unroll 4
        for (int i = 0; i < together; i++) {
            const float* pixel = values + (g * together + i) * pitch;
            for (int q = 0; q < planes; q++) {
                products[q][i] = V::all(0);
            }
            for (int64_t c = 0; c < channels; c += V::lanes) {
                const V value = V::load(pixel + c);
#pragma GCC unroll 4
                for (int q = 0; q < planes; q++) {
                    const V weight = V::load(weights + q * row + c);
                    products[q][i] = V::multiply_add(value, weight, products[q][i]);
                }
            }
        }
#pragma GCC unroll 4
        for (int q = 0; q < planes; q++) {
            if constexpr (together == 4) {
                add_neighbours<V, 4>(products[q]);
                add_neighbours<V, 2>(products[q]);
            }
            partial[q][g] = products[q][0];
        }
    }
#pragma GCC unroll 4
    for (int q = 0; q < planes; q++) {
        if constexpr (groups >= 4) {
            add_neighbours<V, 4>(partial[q]);
        }
        if constexpr (groups >= 2) {
            add_neighbours<V, 2>(partial[q]);
        }
        sums[q] = partial[q][0];
    }
}

// The 1x1 convolution of finished values to planes from `first_plane` on; the first channels bring the bias.
template <class V, int planes>
void add_to_planes(const Bf16Convolution& a, const Finish& f, int64_t first_plane) {
    const int64_t channels = round_up(f.count, block_channels), row = round_up(a.outputs, pair_channels);
    const int64_t plane = a.out_height * a.out_width;
    const float* weights = a.plane_weights + first_plane * row + f.first;
    float* out = a.planes + (f.image * a.plane_count + first_plane) * plane + f.row * a.out_width + f.column;
    for (int64_t p = 0; p < f.pixels; p += V::lanes) {
        V sums[planes];
        pixels_to_planes<V, planes>(f.sums + p * f.pitch, f.pitch, weights, row, channels, sums);
        const int64_t left = f.pixels - p;
        for (int q = 0; q < planes; q++) {
            float* at = out + q * plane + p;
            const V before = f.first == 0 ? V::all(a.plane_bias[first_plane + q]) : get<V>(at, left);
            put(before + sums[q], at, left);
        }
    }
}

// All but the planes. What does not change from pixel to pixel is decided and read before: stores of vectors may alias anything.
template <class V, Skip skip_size, bool to_planes>
void finish_pixels(const Bf16Convolution& a, const Finish& f) {
    const V slope = V::all(a.slope), maximum = V::all(a.maximum), near = V::all(0.75f), far = V::all(0.25f);
    const int64_t low = f.column / 2 - 1, pixel = (f.image * a.out_height + f.row) * a.out_width + f.column;
    const float *noise = a.noise == nullptr ? nullptr : a.noise + f.row * a.out_width + f.column, *bias = a.bias + f.first;
    const bool activated = a.slope != 1, limited = a.maximum < std::numeric_limits<float>::infinity(), first = a.skip_first;
    const int64_t count = f.count, pixels = f.pixels, outputs = a.outputs, pitch = f.pitch, column = f.column;
    const uint16_t* skips = skip_size == Skip::full ? a.skip + pixel * outputs + f.first : nullptr;
    uint16_t* output = to_planes ? nullptr : a.output + pixel * outputs + f.first;
    float* sums = f.sums;
    const float* scratch = f.scratch;
    for (int64_t p = 0; p < pixels; p++) {
        const int64_t x = column + p, at = p * outputs;
        float* const sum = sums + p * pitch;
        const float *enlarged = scratch + ((x >> 1) - low) * pair_channels, *beside = enlarged + ((x & 1) * 2 - 1) * pair_channels;
        for (int64_t c = 0; c < count; c += V::lanes) {
            const int64_t left = count - c;
            V y = V::load(sum + c) + V::load(bias + c);
            if (noise != nullptr) {
                y = y + V::all(noise[p]);
            }
            V skip;
            if constexpr (skip_size == Skip::full) {
                skip = get_bf16<V>(skips + at + c, left);
            } else if constexpr (skip_size == Skip::half) {
                skip = V::multiply_add(far, V::load(beside + c), near * V::load(enlarged + c));
            }
            if constexpr (skip_size != Skip::none) {
                if (first) {
                    y = y + skip;
                }
            }
            if (activated) {
                y = V::leaky(y, slope);
            }
            if (limited) {
                y = least(y, maximum);
            }
            if constexpr (skip_size != Skip::none) {
                if (!first) {
                    y = y + skip;
                }
            }
            if constexpr (to_planes) {
                y.store(sum + c);
            } else {
                put_bf16(y, output + at + c, left);
            }
        }
    }
}

template <class V, bool to_planes>
void finish_pixels(const Bf16Convolution& a, const Finish& f) {
    switch (a.skip_size) {
        case Skip::none:
            return finish_pixels<V, Skip::none, to_planes>(a, f);
        case Skip::full:
            return finish_pixels<V, Skip::full, to_planes>(a, f);
        case Skip::half:
            interpolate_skip<V>(a, f, f.column / 2 - 1, (f.column + f.pixels - 1) / 2 + 1);
            return finish_pixels<V, Skip::half, to_planes>(a, f);
    }
}

template <class V>
void finish(const Bf16Convolution& a, const Finish& f) {
    if (a.planes == nullptr) {
        return finish_pixels<V, false>(a, f);
    }
    finish_pixels<V, true>(a, f);
    // Channels that there are not must not bring a NaN of theirs into the planes.
    const int64_t behind = round_up(f.count, block_channels) - f.count;
    for (int64_t p = 0; behind > 0 && p < f.pixels; p++) {
        std::memset(f.sums + p * f.pitch + f.count, 0, static_cast<size_t>(behind) * sizeof(float));
    }
    int64_t q = 0;
    for (; q + 3 <= a.plane_count; q += 3) {  // pictures have three
        add_to_planes<V, 3>(a, f, q);
    }
    for (; q < a.plane_count; q++) {
        add_to_planes<V, 1>(a, f, q);
    }
}

}  // namespace
}  // namespace edgesim
