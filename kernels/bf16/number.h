#pragma once

#include <cstdint>
#include <cstring>

namespace edgesim {

// bfloat16 numbers as the upper halves of floats.

inline float from_bf16(uint16_t x) {
    const uint32_t bits = static_cast<uint32_t>(x) << 16;
    float result;
    std::memcpy(&result, &bits, sizeof(result));
    return result;
}

// The nearest one, ties to even; a NaN stays a (quiet) NaN.
inline uint16_t to_bf16(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof(bits));
    if ((bits & 0x7FFFFFFF) > 0x7F800000) {
        return static_cast<uint16_t>((bits >> 16) | 0x40);
    }
    return static_cast<uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

constexpr int64_t round_up(int64_t value, int64_t unit) {
    return (value + unit - 1) / unit * unit;
}

}  // namespace edgesim
