#include "packing.h"

namespace edgesim {

PackedWeights pack_convolution(Elements elements, const float* weights, int64_t outputs, int64_t inputs, int64_t size) {
    const int64_t taps = size * size;
    return PackedWeights(elements, outputs, inputs, taps,
                         [&](int64_t o, int64_t c, int64_t tap) { return weights[(o * inputs + c) * taps + tap]; });
}

PackedWeights pack_upsampling(Elements elements, const float* weights, int64_t outputs, int64_t inputs) {
    constexpr int64_t order[9] = {8, 6, 2, 0, 7, 1, 5, 3, 4};
    return PackedWeights(elements, outputs, inputs, 9, [&](int64_t o, int64_t c, int64_t tap) {
        return weights[(c * outputs + o) * 9 + order[tap]];
    });
}

}  // namespace edgesim
