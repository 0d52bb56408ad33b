#include "bf16_reference.h"

#include <algorithm>
#include <cmath>

namespace edgesim::tests {

namespace {

double rounded(double x) {
    return from_bf16(to_bf16(static_cast<float>(x)));
}

double leaky(double x, double slope) {
    return x >= 0 ? x : slope * x;
}

// Pixel of an image by padded coordinates, 0 beyond the border or reflected.
double padded(const Bf16Convolution& a, int64_t image, int64_t row, int64_t column, int64_t channel) {
    auto index = [&](int64_t i, int64_t size) {
        return i >= 0 && i < size ? i : !a.reflect ? -1 : i < 0 ? -i : 2 * (size - 1) - i;
    };
    const int64_t r = index(row - a.top, a.height), c = index(column - a.left, a.width);
    return r < 0 || c < 0 ? 0 : from_bf16(a.x[((image * a.height + r) * a.width + c) * a.inputs + channel]);
}

double blurred(const Bf16Convolution& a, int64_t image, int64_t row, int64_t column, int64_t channel) {
    if (!a.blur) {
        return padded(a, image, row, column, channel);
    }
    constexpr double taps[3] = {0.25, 0.5, 0.25};
    double sum = 0;
    for (int k = 0; k < 3; k++) {
        for (int l = 0; l < 3; l++) {
            sum += taps[k] * taps[l] * padded(a, image, row + k, column + l, channel);
        }
    }
    return rounded(sum);
}

// One axis of a bilinear enlargement by 2 with half-pixel centres.
double enlarged(const Bf16Convolution& a, int64_t image, int64_t row, int64_t column, int64_t channel) {
    const int64_t height = a.out_height / 2, width = a.out_width / 2;
    auto pixel = [&](int64_t r, int64_t c) {
        r = std::clamp<int64_t>(r, 0, height - 1);
        c = std::clamp<int64_t>(c, 0, width - 1);
        return static_cast<double>(from_bf16(a.skip[((image * height + r) * width + c) * a.outputs + channel]));
    };
    const int64_t r = row / 2, c = column / 2, v = row % 2 == 0 ? r - 1 : r + 1, h = column % 2 == 0 ? c - 1 : c + 1;
    return 0.75 * (0.75 * pixel(r, c) + 0.25 * pixel(r, h)) + 0.25 * (0.75 * pixel(v, c) + 0.25 * pixel(v, h));
}

}  // namespace

std::vector<double> reference(const Bf16Convolution& a, const float* weights) {
    std::vector<double> result(a.batch * a.out_height * a.out_width * a.outputs);
    size_t at = 0;
    for (int64_t n = 0; n < a.batch; n++) {
        for (int64_t i = 0; i < a.out_height; i++) {
            for (int64_t j = 0; j < a.out_width; j++) {
                for (int64_t o = 0; o < a.outputs; o++, at++) {
                    double sum = a.bias[o] + (a.noise == nullptr ? 0.0 : a.noise[i * a.out_width + j]);
                    for (int64_t c = 0; c < a.inputs; c++) {
                        for (int64_t k = 0; k < a.size * a.size; k++) {
                            sum += rounded(weights[(o * a.inputs + c) * a.size * a.size + k]) *
                                   blurred(a, n, i * a.stride + k / a.size * a.dilation,
                                           j * a.stride + k % a.size * a.dilation, c);
                        }
                    }
                    double skip = 0;
                    if (a.skip_size == Skip::full) {
                        skip = from_bf16(a.skip[at]);
                    } else if (a.skip_size == Skip::half) {
                        skip = enlarged(a, n, i, j, o);
                    }
                    sum = leaky(sum + (a.skip_first ? skip : 0), a.slope);
                    sum = sum > a.maximum ? a.maximum : sum;
                    result[at] = sum + (a.skip_first ? 0 : skip);
                }
            }
        }
    }
    if (a.planes == nullptr) {
        return result;
    }
    std::vector<double> planes(a.batch * a.plane_count * a.out_height * a.out_width);
    const int64_t pixels = a.out_height * a.out_width, pitch = round_up(a.outputs, 32);
    for (int64_t p = 0; p < a.batch * pixels; p++) {
        for (int64_t q = 0; q < a.plane_count; q++) {
            double sum = a.plane_bias[q];
            for (int64_t o = 0; o < a.outputs; o++) {
                sum += a.plane_weights[q * pitch + o] * result[p * a.outputs + o];
            }
            planes[(p / pixels * a.plane_count + q) * pixels + p % pixels] = sum;
        }
    }
    return planes;
}

std::vector<double> reference(const Bf16Upsampling& a, const float* weights) {
    const int64_t height = 2 * a.height, width = 2 * a.width;
    std::vector<double> result(a.batch * height * width * a.outputs), z((height + 1) * (width + 1));
    for (int64_t n = 0; n < a.batch; n++) {
        for (int64_t o = 0; o < a.outputs; o++) {
            std::fill(z.begin(), z.end(), 0.0);
            for (int64_t i = 0; i < a.height; i++) {
                for (int64_t j = 0; j < a.width; j++) {
                    for (int64_t c = 0; c < a.inputs; c++) {
                        const double x = from_bf16(a.x[((n * a.height + i) * a.width + j) * a.inputs + c]);
                        for (int64_t k = 0; k < 9; k++) {
                            z[(2 * i + k / 3) * (width + 1) + 2 * j + k % 3] +=
                                x * rounded(weights[(c * a.outputs + o) * 9 + k]);
                        }
                    }
                }
            }
            for (int64_t i = 0; i < height; i++) {
                for (int64_t j = 0; j < width; j++) {
                    double sum = a.bias[o] + (a.noise == nullptr ? 0.0 : a.noise[i * width + j]);
                    for (int64_t k = 0; k < 16; k++) {
                        const int64_t r = i - 1 + k / 4, c = j - 1 + k % 4;
                        if (r >= 0 && c >= 0 && r <= height && c <= width) {
                            sum += static_cast<double>(a.taps[k / 4]) * a.taps[k % 4] * z[r * (width + 1) + c];
                        }
                    }
                    result[((n * height + i) * width + j) * a.outputs + o] = leaky(sum, a.slope);
                }
            }
        }
    }
    return result;
}

std::vector<double> reference(const Bf16Entry& a) {
    std::vector<double> result(a.batch * a.pixels * a.outputs);
    const int64_t pitch = round_up(a.outputs, 32);
    for (int64_t p = 0; p < a.batch * a.pixels; p++) {
        for (int64_t o = 0; o < a.outputs; o++) {
            auto x = [&](int64_t c) {
                return static_cast<double>(a.x[(p / a.pixels * a.inputs + c) * a.pixels + p % a.pixels]);
            };
            double sum = a.weights == nullptr ? x(o) : a.bias[o];
            for (int64_t c = 0; a.weights != nullptr && c < a.inputs; c++) {
                sum += x(c) * a.weights[c * pitch + o];
            }
            result[p * a.outputs + o] = a.weights == nullptr ? sum : leaky(sum, a.slope);
        }
    }
    return result;
}

std::vector<double> reference(const Bf16Normalisation& a) {
    const int64_t channels = a.channels + a.label_channels;
    std::vector<double> result(a.batch * a.pixels * channels);
    for (int64_t p = 0; p < a.batch * a.pixels; p++) {
        double sum = 1e-8;
        for (int64_t c = 0; c < a.channels; c++) {
            sum += std::pow(from_bf16(a.x[p * a.channels + c]), 2);
        }
        for (int64_t c = 0; c < a.channels; c++) {
            result[p * channels + c] = from_bf16(a.x[p * a.channels + c]) / std::sqrt(sum) * a.scale[c] + a.offset[c];
        }
        for (int64_t k = 0; k < a.label_channels; k++) {
            result[p * channels + a.channels + k] =
                a.labels[(p / a.pixels * a.label_channels + k) * a.pixels + p % a.pixels];
        }
    }
    return result;
}

std::vector<double> reference_moments(const Bf16Standardisation& a) {
    std::vector<double> result;
    for (int64_t n = 0; n < a.batch; n++) {
        for (int64_t c = 0; c < a.channels; c++) {
            for (int64_t first = 0; first < a.pixels; first += Bf16Standardisation::pixels_per_task) {
                const int64_t last = std::min(first + Bf16Standardisation::pixels_per_task, a.pixels);
                auto sum = [&](const auto& f) {
                    double all = 0;
                    for (int64_t p = first; p < last; p++) {
                        all += f(static_cast<double>(from_bf16(a.x[(n * a.pixels + p) * a.channels + c])));
                    }
                    return all;
                };
                const double mean = sum([](double x) { return x; }) / static_cast<double>(last - first);
                result.push_back(mean);
                result.push_back(sum([&](double x) { return (x - mean) * (x - mean); }));
            }
        }
    }
    return result;
}

std::vector<double> reference(const Bf16Standardisation& a) {
    std::vector<double> result(a.batch * a.pixels * a.channels);
    for (size_t i = 0; i < result.size(); i++) {
        const int64_t at = static_cast<int64_t>(i), own = at / (a.pixels * a.channels) * a.channels + at % a.channels;
        result[i] = (static_cast<double>(from_bf16(a.x[i])) - a.mean[own]) * a.scale[own];
    }
    return result;
}

}  // namespace edgesim::tests
