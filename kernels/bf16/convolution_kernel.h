#pragma once

#include "engines.h"
#include "finish.h"
#include "gather.h"

namespace edgesim {
namespace {

template <class V, class Element>
void gather(const Bf16Convolution& a, const TaskPlace& place, Element* to, float* scratch) {
    const int64_t grid = a.grid(), count = a.gathered(place.columns), first = place.column * a.stride - a.left;
    auto source = [&](int64_t padded) {
        const int64_t row = source_index(padded - a.top, a.height, a.reflect);
        return row < 0 ? nullptr : a.x + (place.image * a.height + row) * a.width * a.inputs;
    };
    for (int64_t r = 0; r < a.gathered(place.rows); r++) {
        const int64_t padded = place.row * a.stride + r * grid;
        Element* row = to + r * count * a.channels();
        if (a.blur) {
            const uint16_t* const rows[3] = {source(padded), source(padded + 1), source(padded + 2)};
            gather_blurred<V>(rows, a.width, a.inputs, a.channels(), first, count, grid, a.reflect,
                              a.blurred_together(), row, scratch);
        } else {
            gather_row<V>(source(padded), a.width, a.inputs, a.channels(), first, count, grid, a.reflect, row);
        }
    }
}

// The sums of the whole place by the library; false where it fails.
template <class V>
bool run_library(const Bf16Convolution& a, const TaskPlace& place, const void* gathered, float* strip) {
    float* const sums = strip + Bf16Convolution::strip_floats;
    void* const primitive = a.bands[place.rows == a.rows() ? 0 : 1][place.columns == a.columns() ? 0 : 1];
    if (a.library->run(primitive, gathered, sums, reinterpret_cast<char*>(sums) + a.band_bytes()) == 0) {
        return false;
    }
    for (int64_t row = 0; row < place.rows; row++) {
        for (int64_t column = 0; column < place.columns; column += Bf16Convolution::strip_pixels) {
            const int64_t pixels = std::min(Bf16Convolution::strip_pixels, place.columns - column);
            for (int64_t first = 0; first < a.outputs; first += pair_channels) {
                finish<V>(a, {place.image, place.row + row, place.column + column, pixels, first, pair_channels,
                              sums + (row * place.columns + column) * a.outputs + first, a.outputs});
            }
        }
    }
    return true;
}

template <class V, class Engine>
void bf16_convolution(const Bf16Convolution& a, int64_t task, void* scratch) {
    using Element = typename Engine::Element;
    const TaskPlace place = a.place(task);
    const Element* gathered = static_cast<Element*>(scratch);
    int64_t pitch = a.gathered(place.columns) * a.channels();
    float* const sums = reinterpret_cast<float*>(static_cast<char*>(scratch) + a.gathered_bytes());
    if (a.as_it_lies()) {
        gathered = reinterpret_cast<const Element*>(a.x) +
                   ((place.image * a.height + place.row) * a.width + place.column) * a.inputs;
        pitch = a.width * a.inputs;
    } else {
        gather<V>(a, place, static_cast<Element*>(scratch), sums);
    }
    if (a.library != nullptr && run_library<V>(a, place, gathered, sums)) {
        return;
    }

    const Element* taps[Bf16Convolution::most_taps];
    Strip<Element> strip;
    strip.taps = taps;
    strip.tap_count = a.size * a.size;
    strip.channels = a.inputs;
    strip.step = a.step() * a.channels();
    strip.block_stride = strip.tap_count * strip.tap_stride();
    strip.out = sums;
    strip.pitch = pair_channels;
    [[maybe_unused]] const typename Engine::Session session;
    for (int64_t pair = place.first_pair; pair < place.last_pair; pair++) {
        const int64_t channels = std::min(pair_channels, a.outputs - pair * pair_channels);
        strip.weights = static_cast<const Element*>(a.weights) + 2 * pair * strip.block_stride;
        strip.blocks = (channels + block_channels - 1) / block_channels;
        const int64_t width = Engine::strip(strip.blocks);
        for (int64_t row = 0; row < place.rows; row++) {
            for (int64_t column = 0; column < place.columns; column += width) {
                for (int64_t t = 0; t < strip.tap_count; t++) {
                    const int64_t down = row * a.step() + t / a.size * a.dilation;
                    const int64_t across = column * a.step() + t % a.size * a.dilation;
                    taps[t] = gathered + down * pitch + across * a.channels();
                }
                strip.pixels = std::min(width, place.columns - column);
                Engine::multiply(strip);
                finish<V>(a, {place.image, place.row + row, place.column + column, strip.pixels, pair * pair_channels,
                              channels, sums, pair_channels});
            }
        }
    }
}

}  // namespace
}  // namespace edgesim
