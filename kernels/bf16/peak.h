#pragma once

#include "vectors.h"

// Loops that do nothing but the instruction that an engine rests on, operands in registers: what is left of a layer's
// time after that is memory and everything else.
namespace edgesim {
namespace {

// Twelve chains of `step`, more than latency times issue width on every current core. They are variables of their own:
// g++ 12 would keep an array of them in memory.
template <class T, class Step>
double chains(int64_t rounds, T start, double work, const Step& step) {
    T a = start, b = start, c = start, d = start, e = start, f = start, g = start, h = start, i = start, j = start,
      k = start, l = start;
    for (int64_t n = 0; n < rounds; n++) {
        a = step(a), b = step(b), c = step(c), d = step(d), e = step(e), f = step(f);
        g = step(g), h = step(h), i = step(i), j = step(j), k = step(k), l = step(l);
        // Hides the values from the optimiser.
        asm volatile("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e), "+v"(f));
        asm volatile("" : "+v"(g), "+v"(h), "+v"(i), "+v"(j), "+v"(k), "+v"(l));
    }
    return static_cast<double>(rounds) * 12 * work;
}

template <class V>
double fma_peak(int64_t rounds) {
    const V factor = V::all(0.999f), term = V::all(0.001f);
    return chains(rounds, V::all(1).value, V::lanes,
                  [&](decltype(V::value) x) { return V::multiply_add(V{x}, factor, term).value; });
}

#if defined(__AVX512BF16__)
inline double dot_peak(int64_t rounds) {
    const __m512i bits = _mm512_set1_epi32(0x3C003C00);
    __m512bh factor;
    std::memcpy(&factor, &bits, sizeof(factor));
    return chains(rounds, _mm512_set1_ps(1), 32, [&](__m512 x) { return _mm512_dpbf16_ps(x, factor, factor); });
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
