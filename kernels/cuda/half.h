#pragma once

#include <cstdint>
#include <cstring>

namespace edgesim::cuda {

// IEEE 754 binary16 on the CPU, for the twin of the GPU's kernels and for tests: compilers that the project supports
// lack the type, and the GPU converts by an instruction.

inline float half_to_float(uint16_t bits) {
    const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16, exponent = bits >> 10 & 31,
                   fraction = bits & 1023;
    uint32_t result;
    if (exponent == 31) {
        result = sign | 0x7F800000 | fraction << 13;
    } else if (exponent != 0) {
        result = sign | (exponent + 112) << 23 | fraction << 13;
    } else {
        // Subnormal: fraction * 2^-24, which float holds exactly.
        const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
        std::memcpy(&result, &magnitude, sizeof(result));
        result |= sign;
    }
    float value;
    std::memcpy(&value, &result, sizeof(value));
    return value;
}

// Rounds to the nearest, ties to even, as cvt.rn does; NaN becomes the quiet one that cvt gives.
inline uint16_t float_to_half(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    const uint16_t sign = static_cast<uint16_t>(bits >> 16 & 0x8000);
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000) {
        return 0x7FFF;
    }
    if (magnitude >= 0x477FF000) {  // 65520 and more: the nearest half would be 65536
        return sign | 0x7C00;
    }
    if (magnitude < 0x38800000) {
        // Below 2^-14: adding 0.5 leaves the multiple of 2^-24, rounded by the adder, in the lowest bits.
        float shifted;
        std::memcpy(&shifted, &magnitude, sizeof(shifted));
        shifted += 0.5f;
        uint32_t rounded;
        std::memcpy(&rounded, &shifted, sizeof(rounded));
        return sign | static_cast<uint16_t>(rounded - 0x3F000000);
    }
    const uint32_t odd = magnitude >> 13 & 1;
    return sign | static_cast<uint16_t>((magnitude - 0x38000000 + 0xFFF + odd) >> 13);
}

}  // namespace edgesim::cuda
