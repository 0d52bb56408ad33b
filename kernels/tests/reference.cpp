#include "reference.h"

#include <algorithm>
#include <cmath>

namespace edgesim::tests {

namespace {

double leaky(double x, double slope) {
    return x >= 0 ? x : slope * x;
}

// One axis of ONNX Resize, mode linear, coordinates half_pixel: with scale 2, position i of the result is at
// i/2 - 1/4.
struct Interpolation {
    int64_t low, high;
    double weight;

    Interpolation(int64_t i, int64_t size, int64_t scale = 2) {
        double at = std::clamp((static_cast<double>(i) + 0.5) / static_cast<double>(scale) - 0.5, 0.0,
                               static_cast<double>(size - 1));
        low = static_cast<int64_t>(at);
        high = std::min(low + 1, size - 1);
        weight = at - static_cast<double>(low);
    }

    // A neighbour of weight 0 has no say, not even an infinite one.
    double between(double a, double b) const { return weight == 0 ? a : (1 - weight) * a + weight * b; }
};

}  // namespace

std::vector<double> reference(const UpsampleTail& a) {
    const int64_t height = 2 * a.height, width = 2 * a.width;
    std::vector<double> result(a.batch * a.channels * height * width);
    for (int64_t plane = 0; plane < a.batch * a.channels; plane++) {
        auto z = [&](int64_t i, int64_t j) -> double {
            if (i < 0 || j < 0 || i > height || j > width) {
                return 0;
            }
            const int64_t p = i % 2, q = j % 2;
            return a.phase[p][q][(plane * (a.height + 1 - p) + i / 2) * (a.width + 1 - q) + j / 2];
        };
        for (int64_t i = 0; i < height; i++) {
            for (int64_t j = 0; j < width; j++) {
                double sum = 0;
                for (int k = 0; k < 4; k++) {
                    for (int l = 0; l < 4; l++) {
                        sum += static_cast<double>(a.taps[k]) * a.taps[l] * z(i - 1 + k, j - 1 + l);
                    }
                }
                sum +=
                    (a.noise == nullptr ? 0 : a.noise[i * width + j]) + static_cast<double>(a.bias[plane % a.channels]);
                result[(plane * height + i) * width + j] = leaky(sum, a.slope);
            }
        }
    }
    return result;
}

namespace {

// leakyReLU(sum + noise + bias) + skip; for StyledTail and StyledConvolution.
template <class Arguments, class Sum>
std::vector<double> finish(const Arguments& a, const Sum& sum) {
    std::vector<double> result(a.batch * a.channels * a.height * a.width);
    for (int64_t plane = 0; plane < a.batch * a.channels; plane++) {
        for (int64_t i = 0; i < a.height; i++) {
            for (int64_t j = 0; j < a.width; j++) {
                const int64_t at = (plane * a.height + i) * a.width + j;
                double y = leaky(
                    sum(plane, i, j) + a.bias[plane % a.channels] + (a.noise == nullptr ? 0 : a.noise[i * a.width + j]),
                    a.slope);
                if (a.skip_size == Skip::full) {
                    y += a.skip[at];
                } else if (a.skip_size == Skip::half) {
                    const Interpolation v(i, a.height / 2), h(j, a.width / 2);
                    const float* skip = a.skip + plane * (a.height / 2) * (a.width / 2);
                    auto row = [&](int64_t r) {
                        const float* values = skip + r * (a.width / 2);
                        return h.between(values[h.low], values[h.high]);
                    };
                    y += v.between(row(v.low), row(v.high));
                }
                result[at] = y;
            }
        }
    }
    return result;
}

}  // namespace

std::vector<double> reference(const StyledTail& a) {
    return finish(a, [&](int64_t plane, int64_t i, int64_t j) {
        return static_cast<double>(a.x[(plane * a.height + i) * a.width + j]);
    });
}

std::vector<double> reference(const StyledConvolution& a, const float* weights) {
    return finish(a, [&](int64_t plane, int64_t i, int64_t j) {
        const int64_t image = plane / a.channels, channel = plane % a.channels;
        double sum = 0;
        for (int64_t c = 0; c < a.inputs; c++) {
            const float* x = a.x + (image * a.inputs + c) * a.height * a.width;
            const float* taps = weights + (channel * a.inputs + c) * 9;
            for (int64_t v = std::max<int64_t>(i - 1, 0); v <= std::min(i + 1, a.height - 1); v++) {
                for (int64_t h = std::max<int64_t>(j - 1, 0); h <= std::min(j + 1, a.width - 1); h++) {
                    sum += static_cast<double>(x[v * a.width + h]) * taps[(v - i + 1) * 3 + h - j + 1];
                }
            }
        }
        return sum;
    });
}

std::vector<double> reference(const PlaneMoments& a) {
    std::vector<double> result;
    for (int64_t plane = 0; plane < a.planes; plane++) {
        for (int64_t first = 0; first < a.pixels; first += PlaneMoments::pixels_per_task) {
            const float* const x = a.x + plane * a.pixels + first;
            const int64_t count = std::min(PlaneMoments::pixels_per_task, a.pixels - first);
            double mean = 0, squares = 0;
            for (int64_t i = 0; i < count; i++) {
                mean += x[i] / static_cast<double>(count);
            }
            for (int64_t i = 0; i < count; i++) {
                squares += (x[i] - mean) * (x[i] - mean);
            }
            result.insert(result.end(), {mean, squares});
        }
    }
    return result;
}

std::vector<double> reference(const ColourTransform& a) {
    const int64_t plane = a.height * a.width;
    std::vector<double> result(a.batch * 3 * plane);
    for (int64_t at = 0; at < a.batch * 3 * plane; at++) {
        const int64_t image = at / (3 * plane), c = at / plane % 3, i = at % plane / a.width, j = at % a.width;
        const Interpolation v(i, a.cell_height, a.height / a.cell_height), h(j, a.cell_width, a.width / a.cell_width);
        auto coefficient = [&](int64_t k) {
            auto row = [&](int64_t r) {
                const float* values = a.coefficients + ((image * 12 + 4 * c + k) * a.cell_height + r) * a.cell_width;
                return h.between(values[h.low], values[h.high]);
            };
            return v.between(row(v.low), row(v.high));
        };
        double sum = coefficient(3) + a.residual[at];
        for (int64_t k = 0; k < 3; k++) {
            const double p = a.picture[(image * 3 + k) * plane + i * a.width + j];
            sum += coefficient(k) * (p - a.mean[3 * image + k]) * a.scale[3 * image + k];
        }
        result[at] = sum;
    }
    return result;
}

}  // namespace edgesim::tests
