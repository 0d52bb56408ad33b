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
    int64_t pitch = pair_channels;
};

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

// V::lanes pixels of `planes` planes from their channels. Four pixels' products at a time are added up as far as they
// go, so that all stay in registers; the sums' order does not depend on how.
template <class V, int planes>
void pixels_to_planes(const float* values, int64_t pitch, const float* weights, int64_t row, int64_t channels,
                      V* sums) {
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

// One vector of channels of a strip's pixels, finished but for the planes. What does not change from pixel to pixel is
// read before, since stores of vectors may alias anything. `usual` is what generators and encoders have: a leaky ReLU
// without a limit, and the skip connection behind it; `whole`, that there are channels for the whole vector.
template <class V, Skip skip_size, bool to_planes, bool usual, bool whole>
class FinishedChannels {
  public:
    FinishedChannels(const Bf16Convolution& a, const Finish& f, int64_t c)
        : bias(V::load(a.bias + f.first + c)),
          slope(V::all(a.slope)),
          maximum(V::all(a.maximum)),
          noise(a.noise == nullptr ? nullptr : a.noise + f.row * a.out_width + f.column),
          sums(f.sums + c),
          output(to_planes ? nullptr : a.output + at(a, f) * a.outputs + f.first + c),
          pitch(f.pitch),
          outputs(a.outputs),
          left(f.count - c),
          activated(a.slope != 1),
          limited(a.maximum < std::numeric_limits<float>::infinity()),
          skip_first(a.skip_first) {}

    static void run(const Bf16Convolution& a, const Finish& f, int64_t c) {
        const FinishedChannels channels(a, f, c);
        if constexpr (skip_size == Skip::half) {
            channels.enlarged(a, f, c);
        } else {
            const uint16_t* const skip =
                skip_size == Skip::full ? a.skip + at(a, f) * a.outputs + f.first + c : nullptr;
            for (int64_t p = 0; p < f.pixels; p++) {
                V value = V::all(0);
                if constexpr (skip_size == Skip::full) {
                    value = channels.get(skip + p * channels.outputs);
                }
                channels.finish_pixel(p, value);
            }
        }
    }

  private:
    const V bias, slope, maximum;
    const float* const noise;
    float* const sums;
    uint16_t* const output;
    const int64_t pitch, outputs, left;
    const bool activated, limited, skip_first;

    // The strip's first pixel of the output.
    static int64_t at(const Bf16Convolution& a, const Finish& f) {
        return (f.image * a.out_height + f.row) * a.out_width + f.column;
    }

    V get(const uint16_t* p) const { return get_part<whole, V>(p, left); }

    void finish_pixel(int64_t p, V skip) const {
        constexpr bool skips = skip_size != Skip::none;
        V y = V::load(sums + p * pitch) + bias;
        if (noise != nullptr) {
            y = y + V::all(noise[p]);
        }
        if (skips && !usual && skip_first) {
            y = y + skip;
        }
        if (usual || activated) {
            y = V::leaky(y, slope);
        }
        if (!usual && limited) {
            y = least(y, maximum);
        }
        if (skips && (usual || !skip_first)) {
            y = y + skip;
        }
        if constexpr (to_planes) {
            y.store(sums + p * pitch);
        } else {
            put_part<whole>(y, output + p * outputs, left);
        }
    }

    // With an enlarged skip connection: interpolated between two rows, then between a column and those beside it.
    // Strips begin at even columns and have an even number of them.
    void enlarged(const Bf16Convolution& a, const Finish& f, int64_t c) const {
        const int64_t height = a.out_height / 2, width = a.out_width / 2, m = f.row / 2, low = f.column / 2;
        const int64_t other = std::clamp<int64_t>(f.row % 2 == 0 ? m - 1 : m + 1, 0, height - 1);
        const uint16_t* const here = a.skip + (f.image * height + m) * width * outputs + f.first + c;
        const uint16_t* const there = a.skip + (f.image * height + other) * width * outputs + f.first + c;
        const V near = V::all(0.75f), far = V::all(0.25f);
        auto between = [&](int64_t column) {
            const int64_t offset = std::clamp<int64_t>(column, 0, width - 1) * outputs;
            return V::multiply_add(far, get(there + offset), near * get(here + offset));
        };
        V before = between(low - 1), middle = between(low);
        for (int64_t p = 0; p < f.pixels; p += 2) {
            const V after = between(low + p / 2 + 1), most = near * middle;
            finish_pixel(p, V::multiply_add(far, before, most));
            finish_pixel(p + 1, V::multiply_add(far, after, most));
            before = middle;
            middle = after;
        }
    }
};

template <class V, Skip skip_size, bool to_planes, bool usual>
void finish_pixels(const Bf16Convolution& a, const Finish& f) {
    int64_t c = 0;
    for (; c + V::lanes <= f.count; c += V::lanes) {
        FinishedChannels<V, skip_size, to_planes, usual, true>::run(a, f, c);
    }
    if (c < f.count) {
        FinishedChannels<V, skip_size, to_planes, usual, false>::run(a, f, c);
    }
}

template <class V, bool to_planes, bool usual>
void finish_pixels(const Bf16Convolution& a, const Finish& f) {
    switch (a.skip_size) {
        case Skip::none:
            return finish_pixels<V, Skip::none, to_planes, usual>(a, f);
        case Skip::full:
            return finish_pixels<V, Skip::full, to_planes, usual>(a, f);
        case Skip::half:
            return finish_pixels<V, Skip::half, to_planes, usual>(a, f);
    }
}

template <class V, bool to_planes>
void finish_pixels(const Bf16Convolution& a, const Finish& f) {
    const bool skip_first = a.skip_size != Skip::none && a.skip_first;
    if (a.slope != 1 && a.maximum == std::numeric_limits<float>::infinity() && !skip_first) {
        finish_pixels<V, to_planes, true>(a, f);
    } else {
        finish_pixels<V, to_planes, false>(a, f);
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
