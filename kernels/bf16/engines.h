#pragma once

#include "convolution.h"
#include "packing.h"
#include "vectors.h"

// The inner products of all kernels, one engine an instruction set. An engine's `multiply` computes a strip of `pixels`
// pixels of one or two blocks of 16 output channels:
//   out[p][o] = sum over taps t and channels c of taps[t][p * step + c] * weights[block of o][t][c][o],
// `step` being the distance of two pixels in elements, `block_stride` that of two blocks. Of an engine of tiles, whole
// tiles of 16 pixels are read and written. Each result is summed in the same order whatever the strip.
namespace edgesim {
namespace {

template <class Element>
struct Strip {
    const Element* const* taps;
    int64_t tap_count, step, channels;
    const Element* weights;
    int64_t block_stride, blocks, pixels;
    float* out;
    int64_t pitch;  // floats from a pixel of `out` to the next

    int64_t tap_stride() const { return round_up(channels, channel_unit) * block_channels; }
    // Where vector j of the output channels begins.
    template <class V>
    const Element* column(int64_t j) const {
        return weights + j * V::lanes / block_channels * block_stride + j * V::lanes % block_channels;
    }
};

// Multiplication and addition of floats.
template <class V>
struct FmaEngine {
    using Element = float;
    static constexpr Elements elements = Elements::floats;
    static constexpr int64_t strip(int64_t) { return 48; }
    // Sums in registers: 12 of 16 in AVX2, 24 of 32 in AVX-512.
    static constexpr int vectors = V::lanes == 1 ? 16 : 2, rows = V::lanes == 16 ? 12 : V::lanes == 8 ? 6 : 1;

    struct Session {};

    template <int height, int width>
    static void block(const Strip<float>& s, int64_t pixel, int64_t vector) {
        V sum[height][width];
#pragma GCC unroll 16
        for (int i = 0; i < height; i++) {
#pragma GCC unroll 16
            for (int j = 0; j < width; j++) {
                sum[i][j] = V::all(0);
            }
        }
        const float* columns[width];
        for (int j = 0; j < width; j++) {
            columns[j] = s.template column<V>(vector + j);
        }
        for (int64_t t = 0; t < s.tap_count; t++) {
            const float* x = s.taps[t] + pixel * s.step;
            const int64_t tap = t * s.tap_stride();
            for (int64_t c = 0; c < s.channels; c++) {
                V column[width];
#pragma GCC unroll 16
                for (int j = 0; j < width; j++) {
                    column[j] = V::load(columns[j] + tap + c * block_channels);
                }
#pragma GCC unroll 16
                for (int i = 0; i < height; i++) {
                    const V value = V::all(x[i * s.step + c]);
#pragma GCC unroll 16
                    for (int j = 0; j < width; j++) {
                        sum[i][j] = V::multiply_add(value, column[j], sum[i][j]);
                    }
                }
            }
        }
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                sum[i][j].store(s.out + (pixel + i) * s.pitch + (vector + j) * V::lanes);
            }
        }
    }

    // The last pixels of a strip.
    template <int height, int width>
    static void rest(const Strip<float>& s, int64_t pixel, int64_t vector) {
        if constexpr (height > 0) {
            if (s.pixels - pixel == height) {
                block<height, width>(s, pixel, vector);
            } else {
                rest<height - 1, width>(s, pixel, vector);
            }
        }
    }

    template <int width>
    static void columns(const Strip<float>& s, int64_t vector) {
        int64_t pixel = 0;
        for (; pixel + rows <= s.pixels; pixel += rows) {
            block<rows, width>(s, pixel, vector);
        }
        rest<rows - 1, width>(s, pixel, vector);
    }

    static void multiply(const Strip<float>& s) {
        const int64_t count = s.blocks * block_channels / V::lanes;
        int64_t vector = 0;
        for (; vector + vectors <= count; vector += vectors) {
            columns<vectors>(s, vector);
        }
        if (vector < count) {
            columns<1>(s, vector);
        }
    }
};

#if defined(__AVX512BF16__)
// Products of pairs of bfloat16, AVX512-BF16.
struct DotEngine {
    using Element = uint16_t;
    static constexpr Elements elements = Elements::pairs;
    static constexpr int64_t strip(int64_t) { return 48; }
    static constexpr int rows = 12;

    struct Session {};

    static __m512bh pairs(__m512i bits) {
        __m512bh result;
        std::memcpy(&result, &bits, sizeof(result));
        return result;
    }

    template <int height, int width>
    static void block(const Strip<uint16_t>& s, int64_t pixel) {
        __m512 sum[height][width];
#pragma GCC unroll 16
        for (int i = 0; i < height; i++) {
#pragma GCC unroll 2
            for (int j = 0; j < width; j++) {
                sum[i][j] = _mm512_setzero_ps();
            }
        }
        for (int64_t t = 0; t < s.tap_count; t++) {
            const uint16_t* x = s.taps[t] + pixel * s.step;
            const uint16_t* w = s.weights + t * s.tap_stride();
            for (int64_t c = 0; c < s.channels; c += 2) {
                __m512bh column[width];
#pragma GCC unroll 2
                for (int j = 0; j < width; j++) {
                    column[j] = pairs(_mm512_loadu_si512(w + j * s.block_stride + c * block_channels));
                }
#pragma GCC unroll 16
                for (int i = 0; i < height; i++) {
                    int pair;
                    std::memcpy(&pair, x + i * s.step + c, sizeof(pair));
                    const __m512bh value = pairs(_mm512_set1_epi32(pair));
#pragma GCC unroll 2
                    for (int j = 0; j < width; j++) {
                        sum[i][j] = _mm512_dpbf16_ps(sum[i][j], value, column[j]);
                    }
                }
            }
        }
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                _mm512_storeu_ps(s.out + (pixel + i) * s.pitch + j * block_channels, sum[i][j]);
            }
        }
    }

    template <int height, int width>
    static void rest(const Strip<uint16_t>& s, int64_t pixel) {
        if constexpr (height > 0) {
            if (s.pixels - pixel == height) {
                block<height, width>(s, pixel);
            } else {
                rest<height - 1, width>(s, pixel);
            }
        }
    }

    template <int width>
    static void columns(const Strip<uint16_t>& s) {
        int64_t pixel = 0;
        for (; pixel + rows <= s.pixels; pixel += rows) {
            block<rows, width>(s, pixel);
        }
        rest<rows - 1, width>(s, pixel);
    }

    static void multiply(const Strip<uint16_t>& s) {
        if (s.blocks == 2) {
            columns<2>(s);
        } else {
            columns<1>(s);
        }
    }
};
#endif

// Tiles of 16 by 16 sums, four of them: two by two, or four of pixels where there is one block of channels, since the
// next product of a tile waits for its last. `Tiles` has the tile instructions of AMX, or does what they do.
template <class Tiles>
struct TileEngine {
    using Element = uint16_t;
    static constexpr Elements elements = Elements::pairs;
    static constexpr int64_t tile_pixels = 16;
    static constexpr int64_t strip(int64_t blocks) { return blocks == 1 ? 4 * tile_pixels : 2 * tile_pixels; }

    // A thread's tiles are configured as long as one lives.
    struct Session {
        Session() { Tiles::configure(); }
        ~Session() { Tiles::release(); }
        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;
    };

    // Tiles 0 to 3 are sums, 4 and 5 pixels, 6 and 7 weights; all have 16 rows of 64 bytes.
    template <int count>
    static void zero() {
        if constexpr (count > 0) {
            zero<count - 1>();
            Tiles::template zero<count - 1>();
        }
    }

    // The products of the tiles of pixels from `i` on.
    template <int height, int width, int i = 0>
    static void products(const uint16_t* x, int64_t step) {
        constexpr int pixels = 4 + i % 2;
        Tiles::template load<pixels>(x + i * tile_pixels * step, step * static_cast<int64_t>(sizeof(uint16_t)));
        Tiles::template multiply_add<i * width, pixels, 6>();
        if constexpr (width == 2) {
            Tiles::template multiply_add<i * width + 1, pixels, 7>();
        }
        if constexpr (i + 1 < height) {
            products<height, width, i + 1>(x, step);
        }
    }

    template <int height, int width, int i = 0>
    static void store(float* out, int64_t pitch) {
        const int64_t bytes = pitch * static_cast<int64_t>(sizeof(float));
        Tiles::template store<i * width>(out + i * tile_pixels * pitch, bytes);
        if constexpr (width == 2) {
            Tiles::template store<i * width + 1>(out + i * tile_pixels * pitch + block_channels, bytes);
        }
        if constexpr (i + 1 < height) {
            store<height, width, i + 1>(out, pitch);
        }
    }

    template <int height, int width>
    static void block(const Strip<uint16_t>& s, int64_t pixel) {
        const int64_t channels = round_up(s.channels, channel_unit);
        zero<height * width>();
        for (int64_t t = 0; t < s.tap_count; t++) {
            const uint16_t* x = s.taps[t] + pixel * s.step;
            const uint16_t* w = s.weights + t * s.tap_stride();
            for (int64_t c = 0; c < channels; c += channel_unit) {
                Tiles::template load<6>(w + c * block_channels, 64);
                if constexpr (width == 2) {
                    Tiles::template load<7>(w + s.block_stride + c * block_channels, 64);
                }
                products<height, width>(x + c, s.step);
            }
        }
        store<height, width>(s.out + pixel * s.pitch, s.pitch);
    }

    // As many tiles of pixels at once as there are pixels for.
    template <int height, int width>
    static void rows(const Strip<uint16_t>& s, int64_t pixel) {
        if constexpr (height > 1) {
            if (s.pixels - pixel <= (height - 1) * tile_pixels) {
                return rows<height - 1, width>(s, pixel);
            }
        }
        block<height, width>(s, pixel);
    }

    static void multiply(const Strip<uint16_t>& s) {
        for (int64_t pixel = 0; pixel < s.pixels; pixel += strip(s.blocks)) {
            if (s.blocks == 2) {
                rows<2, 2>(s, pixel);
            } else {
                rows<4, 1>(s, pixel);
            }
        }
    }
};

}  // namespace
}  // namespace edgesim
