#pragma once

#include <cstring>

#include "convolution.h"
#include "vectors.h"

// Rows of a map as scratch elements: padded, blurred, channels padded with zeros, so that the inner products need
// neither borders nor rests.
namespace edgesim {
namespace {

// The index that a padded one stands for; -1 for a zero. Reflection does not repeat the border.
inline int64_t source_index(int64_t index, int64_t size, bool reflect) {
    if (index >= 0 && index < size) {
        return index;
    }
    return !reflect ? -1 : index < 0 ? -index : 2 * (size - 1) - index;
}

inline void copy_values(const uint16_t* from, int64_t count, uint16_t* to) {
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(uint16_t));
}

// Pixels that lie one behind the other, `inputs` channels each, to pixels of `channels` channels.
template <class V, class Element>
void copy_pixels(const uint16_t* from, int64_t count, int64_t inputs, int64_t channels, Element* to) {
    if (inputs == channels) {
        if constexpr (sizeof(Element) == sizeof(uint16_t)) {
            copy_values(from, count * channels, to);
        } else {
            for (int64_t i = 0; i < count * channels; i += V::lanes) {
                load_bf16<V>(from + i).store(to + i);
            }
        }
        return;
    }
    for (int64_t p = 0; p < count; p++, from += inputs, to += channels) {
        if constexpr (sizeof(Element) == sizeof(uint16_t)) {
            copy_values(from, inputs, to);
        } else {
            for (int64_t c = 0; c < inputs; c += V::lanes) {
                get_bf16<V>(from + c, inputs - c).store(to + c);
            }
        }
        std::memset(to + inputs, 0, static_cast<size_t>(channels - inputs) * sizeof(Element));
    }
}

// `count` pixels of a row of an image, `grid` columns apart, from padded column `first` on; `row` is null for a row of
// zeros.
template <class V, class Element>
void gather_row(const uint16_t* row, int64_t width, int64_t inputs, int64_t channels, int64_t first, int64_t count,
                int64_t grid, bool reflect, Element* to) {
    const size_t pixel_bytes = static_cast<size_t>(channels) * sizeof(Element);
    if (row == nullptr) {
        std::memset(to, 0, static_cast<size_t>(count) * pixel_bytes);
        return;
    }
    for (int64_t i = 0; i < count;) {
        const int64_t column = first + i * grid, source = source_index(column, width, reflect);
        if (source < 0) {
            std::memset(to + i * channels, 0, pixel_bytes);
            i++;
        } else {
            // As many at once as lie side by side.
            const int64_t run = grid == 1 && source == column ? std::min(width - column, count - i) : 1;
            copy_pixels<V>(row + source * inputs, run, inputs, channels, to + i * channels);
            i += run;
        }
    }
}

// The same through the filter [1, 2, 1] / 4 in both directions: result column i takes padded columns first + i * grid
// and the two behind it, of three rows.
template <class V, class Element>
void gather_blurred(const uint16_t* const rows[3], int64_t width, int64_t inputs, int64_t channels, int64_t first,
                    int64_t count, int64_t grid, bool reflect, Element* to) {
    const V two = V::all(2), norm = V::all(1.0f / 16);
    for (int64_t c = 0; c < inputs; c += V::lanes) {
        const int64_t left = inputs - c;
        auto pixel = [&](const uint16_t* row, int64_t source) {
            return row == nullptr ? V::all(0) : get_bf16<V>(row + source * inputs + c, left);
        };
        auto down = [&](int64_t column) {
            const int64_t source = source_index(column, width, reflect);
            if (source < 0) {
                return V::all(0);
            }
            return V::multiply_add(two, pixel(rows[1], source), pixel(rows[0], source) + pixel(rows[2], source));
        };
        V a = down(first), b = down(first + 1);
        for (int64_t i = 0; i < count; i++) {
            const int64_t column = first + i * grid;
            const V next = down(column + 2);
            const V sum = norm * V::multiply_add(two, b, a + next);
            // Whole vectors; what lies behind the channels is zeroed below.
            put_element(sum, to + i * channels + c);
            if (i + 1 < count) {
                a = grid == 1 ? b : next;
                b = grid == 1 ? next : down(column + 3);
            }
        }
    }
    if (inputs != channels) {
        for (int64_t i = 0; i < count; i++) {
            std::memset(to + i * channels + inputs, 0, static_cast<size_t>(channels - inputs) * sizeof(Element));
        }
    }
}

}  // namespace
}  // namespace edgesim
