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

// A call of a function for a few bytes of each pixel would take most of a layer's time: the compiler knows the length
// for half a unit of channels, as the first layers at full size have them.
constexpr int64_t half_unit = channel_unit / 2;

inline void copy_half_units(const uint16_t* from, int64_t count, int64_t channels, uint16_t* to) {
    for (int64_t p = 0; p < count; p++) {
        std::memcpy(to + p * channels, from + p * half_unit, half_unit * sizeof(uint16_t));
    }
}

// The channels of pixels that there are not: from `inputs` to `channels`.
template <class Element>
void zero_behind(int64_t count, int64_t inputs, int64_t channels, Element* to) {
    const int64_t behind = channels - inputs;
    to += inputs;
    if (behind == half_unit) {
        for (int64_t p = 0; p < count; p++) {
            std::memset(to + p * channels, 0, half_unit * sizeof(Element));
        }
    } else if (behind > 0) {
        for (int64_t p = 0; p < count; p++) {
            std::memset(to + p * channels, 0, static_cast<size_t>(behind) * sizeof(Element));
        }
    }
}

// Pixels that lie one behind the other, `inputs` channels each, to pixels of `channels` channels.
template <class V, class Element>
void copy_pixels(const uint16_t* from, int64_t count, int64_t inputs, int64_t channels, Element* to) {
    constexpr bool same = sizeof(Element) == sizeof(uint16_t);
    if (inputs == channels) {
        if constexpr (same) {
            copy_values(from, count * channels, to);
        } else {
            for (int64_t i = 0; i < count * channels; i += V::lanes) {
                load_bf16<V>(from + i).store(to + i);
            }
        }
        return;
    }
    if constexpr (same) {
        if (inputs == half_unit) {
            copy_half_units(from, count, channels, to);
        } else {
            for (int64_t p = 0; p < count; p++) {
                copy_values(from + p * inputs, inputs, to + p * channels);
            }
        }
    } else {
        for (int64_t p = 0; p < count; p++) {
            for (int64_t c = 0; c < inputs; c += V::lanes) {
                get_bf16<V>(from + p * inputs + c, inputs - c).store(to + p * channels + c);
            }
        }
    }
    zero_behind(count, inputs, channels, to);
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

// `count` neighbouring numbers of three rows through the filter [1, 2, 1]; a row that is null is zeros.
template <class V>
void blur_down(const uint16_t* const rows[3], int64_t first, int64_t count, float* to) {
    const V two = V::all(2);
    int64_t i = 0;
    if (rows[0] != nullptr && rows[1] != nullptr && rows[2] != nullptr) {
        const uint16_t *above = rows[0] + first, *here = rows[1] + first, *below = rows[2] + first;
        for (; i + V::lanes <= count; i += V::lanes) {
            const V outer = load_bf16<V>(above + i) + load_bf16<V>(below + i);
            V::multiply_add(two, load_bf16<V>(here + i), outer).store(to + i);
        }
    }
    for (; i < count; i += V::lanes) {
        auto part = [&](const uint16_t* row) {
            return row == nullptr ? V::all(0) : get_bf16<V>(row + first + i, count - i);
        };
        V::multiply_add(two, part(rows[1]), part(rows[0]) + part(rows[2])).store(to + i);
    }
}

// The same through the filter [1, 2, 1] / 4 in both directions: result column i takes padded columns first + i * grid
// and the two behind it, of three rows. First down, then across, so many columns `together` that they stay in the
// first-level cache; `scratch` has room for what they read, and for a vector more.
template <class V, class Element>
void gather_blurred(const uint16_t* const rows[3], int64_t width, int64_t inputs, int64_t channels, int64_t first,
                    int64_t count, int64_t grid, bool reflect, int64_t together, Element* to, float* scratch) {
    const V two = V::all(2), norm = V::all(1.0f / 16);
    for (int64_t i = 0; i < count; i += together) {
        const int64_t some = std::min(together, count - i), columns = (some - 1) * grid + 3;
        for (int64_t k = 0; k < columns;) {
            const int64_t column = first + i * grid + k, source = source_index(column, width, reflect);
            int64_t run = 1;
            if (source < 0) {
                std::memset(scratch + k * inputs, 0, static_cast<size_t>(inputs) * sizeof(float));
            } else {
                // As many at once as lie side by side.
                run = source == column ? std::min(width - column, columns - k) : 1;
                blur_down<V>(rows, source * inputs, run * inputs, scratch + k * inputs);
            }
            k += run;
        }
        // Where no channels are missing, pixels are as one behind the other in what is read and in what is written.
        const bool whole = grid == 1 && inputs == channels;
        const int64_t lines = whole ? 1 : some, length = whole ? some * inputs : inputs;
        for (int64_t p = 0; p < lines; p++) {
            const float* from = scratch + p * grid * inputs;
            Element* const pixel = to + (i + p) * channels;
            // Whole vectors; what lies behind the channels is zeroed below.
            for (int64_t c = 0; c < length; c += V::lanes) {
                const V outer = V::load(from + c) + V::load(from + 2 * inputs + c);
                put_element(norm * V::multiply_add(two, V::load(from + inputs + c), outer), pixel + c);
            }
        }
    }
    zero_behind(count, inputs, channels, to);
}

}  // namespace
}  // namespace edgesim
