#pragma once

#include <cstdint>
#include <vector>

#include "convolution.h"

namespace edgesim {

// Memory aligned to 64 bytes.
template <class T>
struct AlignedAllocator {
    using value_type = T;
    AlignedAllocator() = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>&) {}
    T* allocate(size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(64))); }
    void deallocate(T* p, size_t) { ::operator delete(p, std::align_val_t(64)); }
    bool operator==(const AlignedAllocator&) const { return true; }
    bool operator!=(const AlignedAllocator&) const { return false; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

// How an instruction set wants weights and pixels: as floats, or as bfloat16 with two input channels side by side.
enum class Elements { floats, pairs };

// Weights, rounded to bfloat16, as the kernels read them: blocks of 16 output channels, in each of them the taps, in
// each of those the input channels, padded with zeros: [ceil(M / 16), taps, C', 16] floats or
// [ceil(M / 16), taps, C' / 2, 16, 2] bfloat16; the number of blocks is even.
class PackedWeights {
  public:
    PackedWeights() = default;

    // `weight(o, c, tap)` tells the weight of an output channel, an input channel and a tap.
    template <class Weight>
    PackedWeights(Elements elements, int64_t outputs, int64_t inputs, int64_t taps, const Weight& weight)
        : elements_(elements) {
        const int64_t channels = round_up(inputs, channel_unit);
        const size_t count = static_cast<size_t>(round_up(outputs, pair_channels) * taps * channels);
        if (elements == Elements::floats) {
            floats_.resize(count);
        } else {
            pairs_.resize(count);
        }
        for (int64_t o = 0; o < outputs; o++) {
            for (int64_t tap = 0; tap < taps; tap++) {
                const int64_t base = (o / block_channels * taps + tap) * channels * block_channels;
                const int64_t lane = o % block_channels;
                for (int64_t c = 0; c < inputs; c++) {
                    const uint16_t value = to_bf16(weight(o, c, tap));
                    if (elements == Elements::floats) {
                        floats_[static_cast<size_t>(base + c * block_channels + lane)] = from_bf16(value);
                    } else {
                        pairs_[static_cast<size_t>(base + (c / 2 * block_channels + lane) * 2 + c % 2)] = value;
                    }
                }
            }
        }
    }

    const void* data() const {
        return elements_ == Elements::floats ? static_cast<const void*>(floats_.data()) : pairs_.data();
    }

  private:
    Elements elements_ = Elements::floats;
    AlignedVector<float> floats_;
    AlignedVector<uint16_t> pairs_;
};

// Of a convolution, weights [M, C, size, size].
PackedWeights pack_convolution(Elements elements, const float* weights, int64_t outputs, int64_t inputs, int64_t size);

// Of an up-sampling, weights [C, M, 3, 3]: position (m, n) of phase (p, q) is z(2m + p, 2n + q). Even rows of z take
// tap 2 of the row of x before and tap 0 of the row itself, odd ones tap 1 of the row itself; columns likewise. The
// taps lie in the order of the phases (0, 0), (0, 1), (1, 0), (1, 1), in each of them by rows.
PackedWeights pack_upsampling(Elements elements, const float* weights, int64_t outputs, int64_t inputs);

}  // namespace edgesim
