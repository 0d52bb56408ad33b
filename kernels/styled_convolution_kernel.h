#pragma once

#include <algorithm>

#include "simd.h"
#include "styled_convolution.h"
#include "styled_tail_kernel.h"

namespace edgesim {
namespace {

// The tiles of one group: its first row and column in the image, and how many of each the image has.
struct TileGroup {
    int64_t row, column, rows, columns;

    TileGroup(const StyledConvolution& a, int64_t index)
        : row(index / a.groups_across() * winograd::tile),
          column(index % a.groups_across() * winograd::group_columns),
          rows(std::min(winograd::tile, a.height - row)),
          columns(std::min(winograd::group_columns, a.width - column)) {}
};

// B^T d.
template <class V>
void transform_in(const V d[6], V t[6]) {
    const V two = V::all(2), four = V::all(4), minus_four = V::all(-4), minus_five = V::all(-5);
    const V even = V::multiply_add(minus_four, d[2], d[4]), odd = V::multiply_add(minus_four, d[1], d[3]);
    const V even2 = d[4] - d[2], odd2 = two * (d[3] - d[1]);
    t[0] = V::multiply_add(four, d[0], V::multiply_add(minus_five, d[2], d[4]));
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = even2 + odd2;
    t[4] = even2 - odd2;
    t[5] = V::multiply_add(four, d[1], V::multiply_add(minus_five, d[3], d[5]));
}

// A^T m.
template <class V>
void transform_out(const V m[6], V y[4]) {
    const V sum1 = m[1] + m[2], difference1 = m[1] - m[2], sum2 = m[3] + m[4], difference2 = m[3] - m[4];
    y[0] = m[0] + sum1 + sum2;
    y[1] = V::multiply_add(V::all(2), difference2, difference1);
    y[2] = V::multiply_add(V::all(4), sum2, sum1);
    y[3] = V::multiply_add(V::all(8), difference2, difference1) + m[5];
}

// p[k][t] = x[4t + k].
template <class V>
void split4(const float* x, V p[4]) {
    V even[2], odd[2];
    V::deinterleave(V::load(x), V::load(x + V::lanes), even[0], odd[0]);
    V::deinterleave(V::load(x + 2 * V::lanes), V::load(x + 3 * V::lanes), even[1], odd[1]);
    V::deinterleave(even[0], even[1], p[0], p[2]);
    V::deinterleave(odd[0], odd[1], p[1], p[3]);
}

// y[4t + k] = p[k][t].
template <class V>
void join4(const V p[4], float* y) {
    V even[2], odd[2], x[4];
    V::interleave(p[0], p[2], even[0], even[1]);
    V::interleave(p[1], p[3], odd[0], odd[1]);
    V::interleave(even[0], odd[0], x[0], x[1]);
    V::interleave(even[1], odd[1], x[2], x[3]);
    for (int64_t k = 0; k < 4; k++) {
        x[k].store(y + k * V::lanes);
    }
}

// B^T d B of a group's tiles in one channel: vertically first, then horizontally; `transformed` is for point 0.
template <class V>
void transform_group(const StyledConvolution& a, const TileGroup& group, const float* plane, float* transformed) {
    // Column 0 of the group is at `first`, so that there is room for column -1.
    constexpr int64_t first = 16;
    static const float zeros[winograd::group_columns + 2] = {};
    alignas(64) float vertical[winograd::reach][first + winograd::group_columns + 16];
    const float* rows[winograd::reach];
    for (int64_t r = 0; r < winograd::reach; r++) {
        const int64_t row = group.row - 1 + r;
        rows[r] = row >= 0 && row < a.height ? plane + row * a.width + group.column : zeros + 1;
    }
    auto columns = [&](int64_t at, int64_t count) {
        V d[winograd::reach], t[winograd::reach];
        for (int64_t r = 0; r < winograd::reach; r++) {
            d[r] = count > 0 ? get<V>(rows[r] + at, count) : V::all(0);
        }
        transform_in(d, t);
        for (int64_t r = 0; r < winograd::reach; r++) {
            t[r].store(vertical[r] + first + at);
        }
    };
    // In this order, since each store is of a whole vector.
    columns(-1, group.column > 0 ? 1 : 0);
    for (int64_t at = 0; at < winograd::group_columns; at += V::lanes) {
        columns(at, group.columns - at);
    }
    columns(winograd::group_columns, group.column + winograd::group_columns < a.width ? 1 : 0);

    for (int64_t n = 0; n < winograd::group_tiles; n += V::lanes) {
        for (int64_t r = 0; r < winograd::reach; r++) {
            V d[8], t[winograd::reach];
            split4(vertical[r] + first - 1 + winograd::tile * n, d);
            split4(vertical[r] + first + 3 + winograd::tile * n, d + 4);
            transform_in(d, t);
            for (int64_t k = 0; k < winograd::reach; k++) {
                t[k].store(transformed + (r * winograd::reach + k) * a.point_stride() + n);
            }
        }
    }
}

// y [8, 32] = weights [C, 8]^T x [C, 32] for `rows` rows and `vectors` vectors of it, summed in registers.
template <class V, int rows, int vectors>
void multiply(const float* weights, const float* x, int64_t inputs, float* y) {
    V sum[rows][vectors];
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < vectors; j++) {
            sum[i][j] = V::all(0);
        }
    }
    for (int64_t c = 0; c < inputs; c++) {
        V column[vectors];
        for (int j = 0; j < vectors; j++) {
            column[j] = V::load(x + c * winograd::task_tiles + j * V::lanes);
        }
#pragma GCC unroll 8
        for (int i = 0; i < rows; i++) {
            const V weight = V::all(weights[c * winograd::panel + i]);
            for (int j = 0; j < vectors; j++) {
                sum[i][j] = V::multiply_add(weight, column[j], sum[i][j]);
            }
        }
    }
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < vectors; j++) {
            sum[i][j].store(y + i * winograd::task_tiles + j * V::lanes);
        }
    }
}

// The same for `tiles` tiles, a multiple of 16, in pieces that the registers can hold.
template <class V>
void multiply_panel(const float* weights, const float* x, int64_t inputs, int64_t tiles, float* y) {
    constexpr int rows = V::lanes == 16 ? 8 : 4;
    for (int64_t i = 0; i < winograd::panel; i += rows) {
        int64_t n = 0;
        for (; n + 2 * V::lanes <= tiles; n += 2 * V::lanes) {
            multiply<V, rows, 2>(weights + i, x + n, inputs, y + i * winograd::task_tiles + n);
        }
        for (; n < tiles; n += V::lanes) {
            multiply<V, rows, 1>(weights + i, x + n, inputs, y + i * winograd::task_tiles + n);
        }
    }
}

// StyledTail for a group's rows, which are in `rows`.
template <class V>
void finish_group(const StyledConvolution& a, const TileGroup& group, int64_t image, int64_t channel,
                  const float rows[][winograd::group_columns]) {
    const int64_t plane = image * a.channels + channel;
    const V bias = V::all(a.bias[channel]), slope = V::all(a.slope);
    auto offset = [&](int64_t r) { return (group.row + r) * a.width + group.column; };
    auto noise = [&](int64_t r) { return a.noise == nullptr ? nullptr : a.noise + offset(r); };
    const int64_t size = a.height * a.width;
    if (a.skip_size != Skip::half) {
        for (int64_t r = 0; r < group.rows; r++) {
            const int64_t at = plane * size + offset(r);
            styled_row<V>(rows[r], noise(r), a.skip_size == Skip::full ? a.skip + at : nullptr, group.columns, bias,
                          slope, a.output + at);
        }
        return;
    }
    const int64_t height = a.height / 2, width = a.width / 2, left = group.column / 2, count = group.columns / 2;
    const int64_t from = std::max<int64_t>(left - 1, 0), to = std::min(left + count + 1, width),
                  start = from - (left - 1);
    alignas(64) float interpolated[2][winograd::group_columns / 2 + slack] = {};
    for (int64_t r = 0; r < group.rows; r += 2) {
        const int64_t m = (group.row + r) / 2;
        const float* skip = a.skip + (plane * height + m) * width + from;
        const float* const around[3] = {m > 0 ? skip - width : skip, skip, m + 1 < height ? skip + width : skip};
        interpolate_down<V>(around, to - from, interpolated[0] + start, interpolated[1] + start);
        for (int64_t p = 0; p < 2; p++) {
            if (left == 0) {
                interpolated[p][0] = interpolated[p][1];
            }
            if (left + count == width) {
                interpolated[p][count + 1] = interpolated[p][count];
            }
            styled_row_enlarged<V>(rows[r + p], noise(r + p), interpolated[p], count, bias, slope,
                                   a.output + plane * size + offset(r + p));
        }
    }
}

// A^T y A of a group's tiles in one channel: products [36, 8, 32], from the group's first tile in that channel on.
template <class V>
void transform_back(const float* products, float rows[][winograd::group_columns]) {
    for (int64_t n = 0; n < winograd::group_tiles; n += V::lanes) {
        V vertical[winograd::tile][winograd::reach];
        for (int64_t k = 0; k < winograd::reach; k++) {
            V m[winograd::reach], y[winograd::tile];
            for (int64_t r = 0; r < winograd::reach; r++) {
                m[r] = V::load(products + (r * winograd::reach + k) * winograd::panel * winograd::task_tiles + n);
            }
            transform_out(m, y);
            for (int64_t r = 0; r < winograd::tile; r++) {
                vertical[r][k] = y[r];
            }
        }
        for (int64_t r = 0; r < winograd::tile; r++) {
            V y[winograd::tile];
            transform_out(vertical[r], y);
            join4(y, rows[r] + winograd::tile * n);
        }
    }
}

template <class V>
void styled_convolution(const StyledConvolution& a, int64_t task, float* scratch) {
    const int64_t image = task / a.tasks_per_image(),
                  begin = task % a.tasks_per_image() * winograd::groups_per_task;
    const int64_t groups = std::min(winograd::groups_per_task, a.groups() - begin);
    float* const transformed = scratch;
    float* const products = scratch + winograd::points * a.point_stride();
    for (int64_t g = 0; g < groups; g++) {
        const TileGroup group(a, begin + g);
        for (int64_t c = 0; c < a.inputs; c++) {
            transform_group<V>(a, group, a.x + (image * a.inputs + c) * a.height * a.width,
                               transformed + c * winograd::task_tiles + g * winograd::group_tiles);
        }
    }
    for (int64_t first = 0; first < a.channels; first += winograd::panel) {
        const float* weights = a.weights + first * winograd::points * a.inputs;
        for (int64_t point = 0; point < winograd::points; point++) {
            multiply_panel<V>(weights + point * a.inputs * winograd::panel, transformed + point * a.point_stride(),
                              a.inputs, groups * winograd::group_tiles,
                              products + point * winograd::panel * winograd::task_tiles);
        }
        for (int64_t i = 0; i < std::min(winograd::panel, a.channels - first); i++) {
            for (int64_t g = 0; g < groups; g++) {
                alignas(64) float rows[winograd::tile][winograd::group_columns];
                transform_back<V>(products + i * winograd::task_tiles + g * winograd::group_tiles, rows);
                finish_group<V>(a, TileGroup(a, begin + g), image, first + i, rows);
            }
        }
    }
}

}  // namespace
}  // namespace edgesim
