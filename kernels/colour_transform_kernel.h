#pragma once

#include <algorithm>

#include "colour_transform.h"
#include "simd.h"

namespace edgesim {
namespace {

// The position of pixel i of an axis among cells that are `factor` pixels long: between two of them, with a share of the
// second.
struct CellPlace {
    int64_t low, high;
    float share;

    CellPlace(int64_t i, int64_t factor, int64_t cells) {
        const int64_t twice = std::clamp(2 * i + 1 - factor, int64_t{0}, 2 * factor * (cells - 1));
        low = twice / (2 * factor);
        high = std::min(low + 1, cells - 1);
        share = static_cast<float>(twice - 2 * factor * low) / static_cast<float>(2 * factor);
    }
};

// One row of a matrix along a row of the picture, before the columns are interpolated, with mean and scale worked in:
// the values at cells and the steps to their right neighbours.
struct CellRow {
    alignas(64) float value[4][tile + slack];
    alignas(64) float step[4][tile + slack];
};

// `upper` and `lower` are the cells above and below of coefficient 0; `left` of them are in the picture, `count` are
// used, the last ones of which repeat.
template <class V>
void interpolate_cells(const float* upper, const float* lower, int64_t plane, float share, const float* mean,
                       const float* scale, int64_t left, int64_t count, CellRow& row) {
    const V down = V::all(share);
    const int64_t inside = std::min(left, count);
    for (int64_t i = 0; i < inside; i += V::lanes) {
        V sums[4];
        for (int64_t k = 0; k < 4; k++) {
            const V above = get<V>(upper + k * plane + i, inside - i),
                    below = get<V>(lower + k * plane + i, inside - i);
            sums[k] = V::multiply_add(down, below - above, above);
        }
        for (int64_t k = 0; k < 3; k++) {
            sums[k] = sums[k] * V::all(scale[k]);
            sums[3] = sums[3] - sums[k] * V::all(mean[k]);
        }
        for (int64_t k = 0; k < 4; k++) {
            sums[k].store(row.value[k] + i);
        }
    }
    for (int64_t k = 0; k < 4; k++) {
        float* const value = row.value[k];
        for (int64_t i = inside; i < count; i++) {
            value[i] = value[inside - 1];
        }
        value[count] = value[count - 1];
        for (int64_t i = 0; i < count; i += V::lanes) {
            (V::load(value + i + 1) - V::load(value + i)).store(row.step[k] + i);
        }
    }
}

template <class V>
void colour_transform(const ColourTransform& a, int64_t task) {
    const int64_t image = task / a.blocks(), first = task % a.blocks() * ColourTransform::rows_per_task;
    const int64_t last = std::min(first + ColourTransform::rows_per_task, a.height);
    const int64_t across = a.width / a.cell_width, down = a.height / a.cell_height;
    const int64_t plane = a.height * a.width, cells = a.cell_height * a.cell_width;
    const float* const mean = a.mean + 3 * image;
    const float* const scale = a.scale + 3 * image;
    CellRow row = {};
    alignas(64) int32_t cell[tile + slack];
    alignas(64) float share[tile + slack];
    for (int64_t left = 0; left < a.width; left += tile) {
        const int64_t columns = std::min(tile, a.width - left);
        const int64_t first_cell = CellPlace(left, across, a.cell_width).low;
        for (int64_t j = 0; j < columns; j++) {
            const CellPlace place(left + j, across, a.cell_width);
            cell[j] = static_cast<int32_t>(place.low - first_cell);
            share[j] = place.share;
        }
        for (int64_t j = columns; j < columns + V::lanes; j++) {
            cell[j] = cell[columns - 1];
            share[j] = share[columns - 1];
        }
        // With the last one's right neighbour.
        const int64_t count = cell[columns - 1] + 2;
        for (int64_t i = first; i < last; i++) {
            const CellPlace place(i, down, a.cell_height);
            const int64_t at = i * a.width + left;
            const float* const red = a.picture + 3 * image * plane + at;
            for (int64_t c = 0; c < 3; c++) {
                const float* const own =
                    a.coefficients + (image * ColourTransform::coefficient_count + 4 * c) * cells + first_cell;
                interpolate_cells<V>(own + place.low * a.cell_width, own + place.high * a.cell_width, cells,
                                     place.share, mean, scale, a.cell_width - first_cell, count, row);
                const float* const residual = a.residual + (3 * image + c) * plane + at;
                float* const output = a.output + (3 * image + c) * plane + at;
                for (int64_t j = 0; j < columns; j += V::lanes) {
                    const int64_t rest = columns - j, from = cell[j];
                    const V part = V::load(share + j);
                    auto coefficient = [&](int64_t k) {
                        return V::multiply_add(part, V::pick(row.step[k] + from, cell + j, cell[j]),
                                               V::pick(row.value[k] + from, cell + j, cell[j]));
                    };
                    V sum = get<V>(residual + j, rest) + coefficient(3);
                    for (int64_t k = 0; k < 3; k++) {
                        sum = V::multiply_add(coefficient(k), get<V>(red + k * plane + j, rest), sum);
                    }
                    put(sum, output + j, rest);
                }
            }
        }
    }
}

}  // namespace
}  // namespace edgesim
