// A library of convolutions in plain loops, in oneDNN's place: how the operators use a library is tested on every machine.
#include <cstdint>
#include <cstring>
#include <vector>

#include "bf16/library.h"

namespace {

struct Primitive {
    edgesim_band band;
    std::vector<float> weights;
};

float element(const edgesim_band& band, const void* x, int64_t at) {
    if (band.numbers == 0) {
        return static_cast<const float*>(x)[at];
    }
    const uint32_t bits = static_cast<uint32_t>(static_cast<const uint16_t*>(x)[at]) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
}

}  // namespace

#define EDGESIM_EXPORT extern "C" __attribute__((visibility("default")))

EDGESIM_EXPORT const char* edgesim_onednn_name() {
    return "plain loops 1.0";
}

EDGESIM_EXPORT void* edgesim_onednn_make(const edgesim_band* band, const float* weights, int64_t* scratch_bytes) {
    const int64_t count = band->outputs * band->inputs * band->size * band->size;
    *scratch_bytes = 64;
    return new Primitive{*band, std::vector<float>(weights, weights + count)};
}

EDGESIM_EXPORT int edgesim_onednn_run(void* primitive, const void* x, float* y, void*) {
    const Primitive& p = *static_cast<const Primitive*>(primitive);
    const edgesim_band& b = p.band;
    const int64_t width = (b.columns - 1) * b.stride + (b.size - 1) * b.dilation + 1;
    for (int64_t row = 0; row < b.rows; row++) {
        for (int64_t column = 0; column < b.columns; column++) {
            for (int64_t o = 0; o < b.outputs; o++) {
                double sum = 0;
                for (int64_t i = 0; i < b.inputs; i++) {
                    for (int64_t r = 0; r < b.size; r++) {
                        for (int64_t c = 0; c < b.size; c++) {
                            const int64_t at =
                                (row * b.stride + r * b.dilation) * width + column * b.stride + c * b.dilation;
                            const float weight = p.weights[((o * b.inputs + i) * b.size + r) * b.size + c];
                            sum += static_cast<double>(element(b, x, at * b.channels + i)) * weight;
                        }
                    }
                }
                y[(row * b.columns + column) * b.outputs + o] = static_cast<float>(sum);
            }
        }
    }
    return 1;
}

EDGESIM_EXPORT void edgesim_onednn_free(void* primitive) {
    delete static_cast<Primitive*>(primitive);
}
