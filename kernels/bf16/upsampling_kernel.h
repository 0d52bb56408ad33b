#pragma once

#include "engines.h"
#include "gather.h"
#include "upsampling.h"

namespace edgesim {
namespace {

// Row r of z for one pair of blocks of channels: column c at (c - (2 * place.column - 1)) * 32. `gathered` is row
// place.row - 1, column place.column - 1 of x; `strip` has what does not depend on the row.
template <class Engine>
void transposed_row(const Bf16Upsampling& a, const TaskPlace& place, const typename Engine::Element* gathered,
                    int64_t r, Strip<typename Engine::Element> strip, float* z) {
    using Element = typename Engine::Element;
    const int64_t used = 2 * place.columns + 3;
    if (r < 0 || r > 2 * a.height) {
        std::memset(z, 0, static_cast<size_t>(used * pair_channels) * sizeof(float));
        return;
    }
    const int64_t phase_taps[2][2] = {{4, 2}, {2, 1}}, phase_first[2][2] = {{0, 4}, {6, 8}};
    const Element* const weights = strip.weights;
    const int64_t p = r % 2, m = r / 2 - (place.row - 1);
    const int64_t width = Engine::strip(strip.blocks);
    strip.pitch = 2 * pair_channels;
    for (int64_t q = 0; q < 2; q++) {
        // Even columns from place.column on; odd ones from the one before on, but for those beyond the picture.
        const bool left = q == 1 && place.column == 0, right = q == 1 && place.column + place.columns == a.width;
        const int64_t first = q == 0 ? 1 : left ? 1 : 0;
        const int64_t count = place.columns + 1 - (q == 0 ? 0 : first - 1) - (right ? 1 : 0);
        float* const out = z + (q == 0 ? 1 : 2 * first) * pair_channels;
        strip.tap_count = phase_taps[p][q];
        strip.weights = weights + phase_first[p][q] * strip.tap_stride();
        for (int64_t column = 0; column < count; column += width) {
            const Element* taps[4];
            for (int64_t t = 0; t < strip.tap_count; t++) {
                const int64_t up = p == 0 && t < strip.tap_count / 2 ? 1 : 0, back = q == 0 && t % 2 == 0 ? 1 : 0;
                taps[t] = gathered + (m - up) * a.row_elements() + (first + column - back) * a.channels();
            }
            strip.taps = taps;
            strip.pixels = std::min(width, count - column);
            strip.out = out + 2 * column * pair_channels;
            Engine::multiply(strip);
        }
        const size_t pixel_bytes = static_cast<size_t>(pair_channels) * sizeof(float);
        if (left) {
            std::memset(z, 0, pixel_bytes);
        }
        if (right) {
            std::memset(z + (used - 1) * pair_channels, 0, pixel_bytes);
        }
    }
}

// Channels c of row i of the output from rows i - 1 to i + 2 of z; `left` channels are written, or whole vectors. What
// does not change from pixel to pixel is read before: stores of vectors may alias anything.
template <class V, bool whole>
void filtered_channels(const Bf16Upsampling& a, const float* const z[4], const float* noise, const float* bias_at,
                       int64_t columns, int64_t left, uint16_t* output) {
    const V t0 = V::all(a.taps[0]), t1 = V::all(a.taps[1]), t2 = V::all(a.taps[2]), t3 = V::all(a.taps[3]);
    const V slope = V::all(a.slope), bias = V::load(bias_at);
    const float *z0 = z[0], *z1 = z[1], *z2 = z[2], *z3 = z[3];
    const int64_t outputs = a.outputs;
    auto down = [&](int64_t column) {
        const int64_t at = column * pair_channels;
        V sum = V::multiply_add(t1, V::load(z1 + at), t0 * V::load(z0 + at));
        sum = V::multiply_add(t2, V::load(z2 + at), sum);
        return V::multiply_add(t3, V::load(z3 + at), sum);
    };
    V before = down(0), here = down(1), next = down(2);
    for (int64_t j = 0; j < columns; j++) {
        const V after = down(j + 3);
        V y = noise == nullptr ? bias : bias + V::all(noise[j]);
        y = V::multiply_add(t1, here, V::multiply_add(t0, before, y));
        y = V::multiply_add(t3, after, V::multiply_add(t2, next, y));
        put_part<whole>(V::leaky(y, slope), output + j * outputs, left);
        before = here;
        here = next;
        next = after;
    }
}

// Row i of the output.
template <class V>
void filtered_row(const Bf16Upsampling& a, const TaskPlace& place, const float* const z[4], int64_t i, int64_t first,
                  int64_t count) {
    const float* noise = a.noise == nullptr ? nullptr : a.noise + i * 2 * a.width + 2 * place.column;
    uint16_t* output =
        a.output + ((place.image * 2 * a.height + i) * 2 * a.width + 2 * place.column) * a.outputs + first;
    for (int64_t c = 0; c < count; c += V::lanes) {
        const float* const rows[4] = {z[0] + c, z[1] + c, z[2] + c, z[3] + c};
        const auto channels = count - c >= V::lanes ? filtered_channels<V, true> : filtered_channels<V, false>;
        channels(a, rows, noise, a.bias + first + c, 2 * place.columns, count - c, output + c);
    }
}

template <class V, class Engine>
void bf16_upsampling(const Bf16Upsampling& a, int64_t task, void* scratch) {
    using Element = typename Engine::Element;
    const TaskPlace place = a.place(task);
    Element* const gathered = static_cast<Element*>(scratch);
    float* const z = reinterpret_cast<float*>(static_cast<char*>(scratch) + a.scratch()) - 4 * a.z_row();
    for (int64_t r = 0; r < place.rows + 2; r++) {
        const int64_t row = place.row - 1 + r;
        const bool inside = row >= 0 && row < a.height;
        gather_row<V>(inside ? a.x + (place.image * a.height + row) * a.width * a.inputs : nullptr, a.width, a.inputs,
                      a.channels(), place.column - 1, place.columns + 2, 1, false, gathered + r * a.row_elements());
    }
    Strip<Element> strip{};
    strip.channels = a.inputs;
    strip.step = a.channels();
    strip.block_stride = 9 * strip.tap_stride();
    [[maybe_unused]] const typename Engine::Session session;
    for (int64_t pair = place.first_pair; pair < place.last_pair; pair++) {
        const int64_t first = pair * pair_channels, channels = std::min(pair_channels, a.outputs - first);
        strip.weights = static_cast<const Element*>(a.weights) + 2 * pair * strip.block_stride;
        strip.blocks = (channels + block_channels - 1) / block_channels;
        int64_t next = 2 * place.row - 1;
        for (int64_t i = 2 * place.row; i < 2 * (place.row + place.rows); i++) {
            for (; next <= i + 2; next++) {
                transposed_row<Engine>(a, place, gathered, next, strip, z + (next & 3) * a.z_row());
            }
            const float* rows[4];
            for (int64_t k = 0; k < 4; k++) {
                rows[k] = z + ((i - 1 + k) & 3) * a.z_row();
            }
            filtered_row<V>(a, place, rows, i, first, channels);
        }
    }
}

}  // namespace
}  // namespace edgesim
