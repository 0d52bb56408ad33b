#include "definition.h"

#include <algorithm>
#include <cmath>

namespace edgesim::tests {

namespace {

double leaky(double x, double slope) {
    return x >= 0 ? x : slope * x;
}

// A plane with zeros between its pixels and pads around it, made in memory rather than by index arithmetic.
std::vector<double> padded(const double* plane, int64_t height, int64_t width, const cuda::Filter& f, int64_t& rows,
                           int64_t& columns) {
    rows = height * f.up + f.top + f.bottom;
    columns = width * f.up + f.left + f.right;
    std::vector<double> result(rows * columns, 0.0);
    for (int64_t i = 0; i < height; i++) {
        for (int64_t j = 0; j < width; j++) {
            result[(i * f.up + f.top) * columns + j * f.up + f.left] = plane[i * width + j];
        }
    }
    if (f.reflect) {
        for (int64_t i = f.top; i < f.top + height; i++) {
            double* row = &result[i * columns];
            for (int64_t k = 1; k <= f.left; k++) {
                row[f.left - k] = row[f.left + k];
            }
            for (int64_t k = 1; k <= f.right; k++) {
                row[f.left + width - 1 + k] = row[f.left + width - 1 - k];
            }
        }
        auto copy = [&](int64_t from, int64_t to) {
            std::copy_n(&result[from * columns], columns, &result[to * columns]);
        };
        for (int64_t k = 1; k <= f.top; k++) {
            copy(f.top + k, f.top - k);
        }
        for (int64_t k = 1; k <= f.bottom; k++) {
            copy(f.top + height - 1 - k, f.top + height - 1 + k);
        }
    }
    return result;
}

}  // namespace

std::vector<double> define_fir(const Inputs& in, const cuda::Filter& f, double slope) {
    std::vector<double> result;
    const int64_t count = static_cast<int64_t>(f.taps.size());
    for (int64_t plane = 0; plane < in.batch * in.channels; plane++) {
        int64_t rows, columns;
        const std::vector<double> u =
            padded(&in.x[plane * in.height * in.width], in.height, in.width, f, rows, columns);
        int64_t pixel = 0;
        for (int64_t i = 0; i + count <= rows; i += f.down) {
            for (int64_t j = 0; j + count <= columns; j += f.down) {
                double sum = 0;
                for (int64_t k = 0; k < count; k++) {
                    for (int64_t l = 0; l < count; l++) {
                        sum += static_cast<double>(f.taps[k]) * f.taps[l] * u[(i + k) * columns + j + l];
                    }
                }
                sum += in.noise.empty() ? 0 : in.noise[pixel];
                sum += in.bias.empty() ? 0 : in.bias[plane % in.channels];
                result.push_back(leaky(sum, slope));
                pixel++;
            }
        }
    }
    return result;
}

std::vector<double> define_tail(const Inputs& in, double slope) {
    std::vector<double> result;
    const bool half = !in.skip.empty() && in.skip.size() != in.x.size();
    // ONNX Resize, mode linear, coordinates half_pixel: position i of the result lies at i/2 - 1/4 of the source.
    auto position = [](int64_t i, int64_t size) {
        return std::clamp(static_cast<double>(i) / 2 - 0.25, 0.0, static_cast<double>(size - 1));
    };
    for (int64_t plane = 0; plane < in.batch * in.channels; plane++) {
        for (int64_t i = 0; i < in.height; i++) {
            for (int64_t j = 0; j < in.width; j++) {
                const int64_t at = (plane * in.height + i) * in.width + j;
                double y =
                    leaky(in.x[at] + in.bias[plane % in.channels] + (in.noise.empty() ? 0 : in.noise[i * in.width + j]),
                          slope);
                if (half) {
                    const int64_t height = in.height / 2, width = in.width / 2;
                    const double v = position(i, height), h = position(j, width);
                    for (int64_t m = std::max<int64_t>(0, static_cast<int64_t>(v) - 1); m < height; m++) {
                        for (int64_t n = std::max<int64_t>(0, static_cast<int64_t>(h) - 1); n < width; n++) {
                            const double weight =
                                std::max(0.0, 1 - std::fabs(v - m)) * std::max(0.0, 1 - std::fabs(h - n));
                            if (weight > 0) {
                                y += weight * in.skip[(plane * height + m) * width + n];
                            }
                        }
                    }
                } else if (!in.skip.empty()) {
                    y += in.skip[at];
                }
                result.push_back(y);
            }
        }
    }
    return result;
}

std::vector<double> define_colours(const Inputs& in, const std::vector<double>& coefficients, int64_t cell_height,
                                   int64_t cell_width) {
    std::vector<double> result;
    // ONNX Resize, mode linear, coordinates half_pixel.
    auto position = [](int64_t i, int64_t size, int64_t cells) {
        const double scale = static_cast<double>(size) / static_cast<double>(cells);
        return std::clamp((static_cast<double>(i) + 0.5) / scale - 0.5, 0.0, static_cast<double>(cells - 1));
    };
    for (int64_t plane = 0; plane < in.batch * 3; plane++) {
        for (int64_t i = 0; i < in.height; i++) {
            for (int64_t j = 0; j < in.width; j++) {
                const double v = position(i, in.height, cell_height), h = position(j, in.width, cell_width);
                double sum = in.skip[(plane * in.height + i) * in.width + j];
                for (int64_t k = 0; k < 4; k++) {
                    double coefficient = 0;
                    for (int64_t m = 0; m < cell_height; m++) {
                        for (int64_t n = 0; n < cell_width; n++) {
                            coefficient += std::max(0.0, 1 - std::fabs(v - m)) * std::max(0.0, 1 - std::fabs(h - n)) *
                                           coefficients[((plane * 4 + k) * cell_height + m) * cell_width + n];
                        }
                    }
                    sum += coefficient * (k < 3 ? in.x[((plane / 3 * 3 + k) * in.height + i) * in.width + j] : 1.0);
                }
                result.push_back(sum);
            }
        }
    }
    return result;
}

}  // namespace edgesim::tests
