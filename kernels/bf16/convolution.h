#pragma once

#include <algorithm>
#include <cstdint>

#include "../styled_tail.h"
#include "library.h"
#include "number.h"
#include "tasks.h"

namespace edgesim {

// Output channels that weights are packed by, and that are computed together.
constexpr int64_t block_channels = 16, pair_channels = 2 * block_channels;

// Input channels are padded to a multiple of this in packed weights and in scratch memory: 64 bytes, the row of a tile.
constexpr int64_t channel_unit = 32;

// A convolution of maps of bfloat16 that lie [N, H, W, C], with float accumulators:
//   y = leakyReLU(conv(blur(pad(x))) + noise + bias), at most `maximum`, + skip,
// rounded to bfloat16 at the end (and behind the blur). `blur` is the filter [1, 2, 1] / 4 in both directions without
// padding of its own. The skip connection is one of StyledTail's; with `skip_first` it is added before the leaky ReLU.
// With `planes`, y is not stored, but its 1x1 convolution in float, as planes.
struct Bf16Convolution {
    const uint16_t* x;     // [N, H, W, C]
    const void* weights;   // PackedWeights of [M, C, size, size]
    const float* bias;     // [M], zeros behind it up to a multiple of 32
    const float* noise;    // [OH, OW], or null for none
    const uint16_t* skip;  // [N, OH, OW, M] (full) or [N, OH / 2, OW / 2, M] (half)
    Skip skip_size;
    bool skip_first;
    uint16_t* output;                                            // [N, OH, OW, M], or null with planes
    float* planes;                                               // [N, Q, OH, OW], or null
    const float* plane_weights;                                  // [Q, M], rows padded with zeros to a multiple of 32
    const float* plane_bias;                                     // [Q]
    int64_t batch, height, width, inputs, outputs, plane_count;  // N, H, W, C, M, Q
    int64_t out_height, out_width;                               // OH, OW
    int64_t size, stride, dilation, top, left;
    bool reflect, blur;
    float slope, maximum;
    int64_t element_bytes;  // of the kernels' scratch elements
    // The sums by a library instead, where `outputs` is a multiple of 32: a primitive for bands of rows() or of the
    // last rows, by columns() or by the last columns.
    const ConvolutionLibrary* library;
    void* bands[2][2];
    int64_t band_scratch;  // bytes that a run of one needs

    // Columns of a task, lest its rows outgrow the second-level cache.
    static constexpr int64_t tile_columns = 256;
    static constexpr int64_t rows_bytes = 384 * 1024;
    // Enough tasks for many threads, and for the last ones to end together.
    static constexpr int64_t wanted_tasks = 16;

    int64_t channels() const { return round_up(inputs, channel_unit); }
    // Pixels of the gathered map that are needed lie this far apart in each direction.
    int64_t grid() const { return size == 1 ? stride : 1; }
    int64_t step() const { return stride / grid(); }
    int64_t reach() const { return (size - 1) * dilation + 1; }
    // Whether nothing needs to be gathered: pixels are read where they lie, in whole tiles of a row.
    bool as_it_lies() const {
        return element_bytes == sizeof(uint16_t) && size == 1 && stride == 1 && !blur && inputs == channels() &&
               top == 0 && left == 0 && out_width == width && out_height == height && width % 16 == 0 &&
               library == nullptr;
    }
    int64_t columns() const { return std::min(out_width, tile_columns); }
    int64_t tiles_across() const { return (out_width + columns() - 1) / columns(); }
    int64_t gathered(int64_t count) const { return (count - 1) * step() + reach(); }
    int64_t row_elements() const { return gathered(columns()) * channels(); }

    int64_t rows() const;
    // The sums of a band that a library computes, with room for whole vectors, of channels and of pixels.
    int64_t band_floats(int64_t band_rows) const;
    int64_t blocks_down() const;
    int64_t pairs() const { return (outputs + pair_channels - 1) / pair_channels; }
    // Tasks that share the work at one place, by output channels; planes need all channels in one.
    int64_t splits() const;
    int64_t tasks() const;
    TaskPlace place(int64_t task) const;

    // Bytes of scratch memory that a task needs: the gathered rows with room for whole tiles behind them; a strip's
    // sums, a library's sums and its own scratch memory. While rows are gathered, the latter's place holds a few
    // columns that are blurred one way, so few that they stay in the first-level cache.
    int64_t gathered_bytes() const;
    int64_t strip_bytes() const { return strip_floats * static_cast<int64_t>(sizeof(float)); }
    int64_t band_bytes() const;
    int64_t blurred_together() const;
    int64_t blurred_bytes() const;
    int64_t scratch() const;
    // Taps at most; pixels of a strip at most, whole tiles; its floats, and those of columns that are being blurred.
    static constexpr int64_t most_taps = 49;
    static constexpr int64_t strip_pixels = 64, strip_floats = strip_pixels * pair_channels, blurred_floats = 4096;
};

}  // namespace edgesim
