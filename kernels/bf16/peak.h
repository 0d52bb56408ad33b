#pragma once

#include "vectors.h"

// Loops that do nothing but the instruction that an engine rests on, operands in registers: what is left of a layer's
// time after that is memory and everything else.
namespace edgesim {
namespace {

// Keeps a value in a register and hides it from the optimiser.
template <class T>
void opaque(T& value) {
    asm volatile("" : "+v"(value));
}

template <class V>
double fma_peak(int64_t rounds) {
    V sum[12], factor = V::all(0.999f), term = V::all(0.001f);
    for (V& s : sum) {
        s = V::all(1);
    }
    for (int64_t i = 0; i < rounds; i++) {
#pragma GCC unroll 12
        for (V& s : sum) {
            s = V::multiply_add(s, factor, term);
            opaque(s.value);
        }
    }
    return static_cast<double>(rounds) * 12 * V::lanes;
}

#if defined(__AVX512BF16__)
inline double dot_peak(int64_t rounds) {
    __m512 sum[12];
    const __m512i bits = _mm512_set1_epi32(0x3C003C00);
    __m512bh factor;
    std::memcpy(&factor, &bits, sizeof(factor));
    for (__m512& s : sum) {
        s = _mm512_set1_ps(1);
    }
    for (int64_t i = 0; i < rounds; i++) {
#pragma GCC unroll 12
        for (__m512& s : sum) {
            s = _mm512_dpbf16_ps(s, factor, factor);
            opaque(s);
        }
    }
    return static_cast<double>(rounds) * 12 * 32;
}
#endif

#if defined(__AMX_BF16__)
template <class Tiles>
double tile_peak(int64_t rounds) {
    Tiles::configure();
    Tiles::template zero<0>();
    Tiles::template zero<1>();
    Tiles::template zero<2>();
    Tiles::template zero<3>();
    Tiles::template zero<4>();
    Tiles::template zero<5>();
    Tiles::template zero<6>();
    Tiles::template zero<7>();
    for (int64_t i = 0; i < rounds; i++) {
        Tiles::template multiply_add<0, 4, 6>();
        Tiles::template multiply_add<1, 4, 7>();
        Tiles::template multiply_add<2, 5, 6>();
        Tiles::template multiply_add<3, 5, 7>();
    }
    Tiles::release();
    return static_cast<double>(rounds) * 4 * 16 * 16 * 32;
}
#endif

}  // namespace
}  // namespace edgesim
