#pragma once

// The AVX-512 instructions that the kernels use, in plain C++ after Intel's descriptions, so that the code of these
// levels runs on processors that lack them. Must come before all headers of the kernels.
#include <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace edgesim::tests::emulated {

template <class Vector, class Element>
struct Lanes {
    static constexpr int count = sizeof(Vector) / sizeof(Element);
    Element at[count];

    Lanes() = default;
    explicit Lanes(const Vector& vector) { std::memcpy(at, &vector, sizeof(at)); }
    Vector vector() const {
        Vector result;
        std::memcpy(&result, at, sizeof(at));
        return result;
    }
};
using Floats = Lanes<__m512, float>;
using Words = Lanes<__m512i, uint32_t>;

template <class Operation>
__m512 floats(const Operation& operation) {
    Floats result;
    for (int i = 0; i < 16; i++) {
        result.at[i] = operation(i);
    }
    return result.vector();
}
template <class Operation>
__m512i words(const Operation& operation) {
    Words result;
    for (int i = 0; i < 16; i++) {
        result.at[i] = operation(i);
    }
    return result.vector();
}

inline __m512 set1_ps(float x) {
    return floats([&](int) { return x; });
}
inline __m512 setzero_ps() {
    return set1_ps(0);
}
inline __m512 loadu_ps(const float* p) {
    return floats([&](int i) { return p[i]; });
}
inline __m512 maskz_loadu_ps(__mmask16 m, const float* p) {
    return floats([&](int i) { return m >> i & 1 ? p[i] : 0; });
}
inline void mask_storeu_ps(float* p, __mmask16 m, __m512 x) {
    for (int i = 0; i < 16; i++) {
        if (m >> i & 1) {
            p[i] = Floats(x).at[i];
        }
    }
}
inline void storeu_ps(float* p, __m512 x) {
    std::memcpy(p, &x, sizeof(x));
}
inline __m512 add_ps(__m512 a, __m512 b) {
    return floats([&](int i) { return Floats(a).at[i] + Floats(b).at[i]; });
}
inline __m512 sub_ps(__m512 a, __m512 b) {
    return floats([&](int i) { return Floats(a).at[i] - Floats(b).at[i]; });
}
inline __m512 mul_ps(__m512 a, __m512 b) {
    return floats([&](int i) { return Floats(a).at[i] * Floats(b).at[i]; });
}
inline __m512 fmadd_ps(__m512 a, __m512 b, __m512 c) {
    return floats([&](int i) { return std::fma(Floats(a).at[i], Floats(b).at[i], Floats(c).at[i]); });
}
// The second operand where either is NaN or both are zeros.
inline __m512 min_ps(__m512 a, __m512 b) {
    return floats([&](int i) { return Floats(a).at[i] < Floats(b).at[i] ? Floats(a).at[i] : Floats(b).at[i]; });
}
inline __mmask16 cmp_ps_mask(__m512 a, __m512 b, int predicate) {
    unsigned mask = 0;
    for (int i = 0; i < 16; i++) {
        const float x = Floats(a).at[i], y = Floats(b).at[i];
        const bool unordered = std::isnan(x) || std::isnan(y);
        mask |= static_cast<unsigned>(predicate == _CMP_UNORD_Q ? unordered : !(x >= y)) << i;  // else _CMP_NGE_UQ
    }
    return static_cast<__mmask16>(mask);
}
inline __m512 mask_mul_ps(__m512 other, __mmask16 m, __m512 a, __m512 b) {
    return floats([&](int i) { return m >> i & 1 ? Floats(a).at[i] * Floats(b).at[i] : Floats(other).at[i]; });
}
inline __m512 permutex2var_ps(__m512 a, __m512i index, __m512 b) {
    return floats([&](int i) {
        const uint32_t k = Words(index).at[i];
        return k & 16 ? Floats(b).at[k & 15] : Floats(a).at[k & 15];
    });
}
template <class... T>
__m512i setr_epi32(T... values) {
    const int all[16] = {values...};
    return words([&](int i) { return static_cast<uint32_t>(all[i]); });
}
inline __m512i set1_epi32(int x) {
    return words([&](int) { return static_cast<uint32_t>(x); });
}
inline __m512i loadu_si512(const void* p) {
    __m512i result;
    std::memcpy(&result, p, sizeof(result));
    return result;
}
inline __m512i castps_si512(__m512 x) {
    return loadu_si512(&x);
}
inline __m512 castsi512_ps(__m512i x) {
    return Floats(reinterpret_cast<const __m512&>(x)).vector();
}
inline __m512i srli_epi32(__m512i x, int n) {
    return words([&](int i) { return Words(x).at[i] >> n; });
}
inline __m512i slli_epi32(__m512i x, int n) {
    return words([&](int i) { return Words(x).at[i] << n; });
}
inline __m512i and_si512(__m512i a, __m512i b) {
    return words([&](int i) { return Words(a).at[i] & Words(b).at[i]; });
}
inline __m512i add_epi32(__m512i a, __m512i b) {
    return words([&](int i) { return Words(a).at[i] + Words(b).at[i]; });
}
inline __m512i sub_epi32(__m512i a, __m512i b) {
    return words([&](int i) { return Words(a).at[i] - Words(b).at[i]; });
}
inline __m512i mask_or_epi32(__m512i other, __mmask16 m, __m512i a, __m512i b) {
    return words([&](int i) { return m >> i & 1 ? Words(a).at[i] | Words(b).at[i] : Words(other).at[i]; });
}
inline __m512i cvtepu16_epi32(__m256i x) {
    return words([&](int i) { return static_cast<uint32_t>(Lanes<__m256i, uint16_t>(x).at[i]); });
}
inline __m256i cvtepi32_epi16(__m512i x) {
    Lanes<__m256i, uint16_t> result;
    for (int i = 0; i < 16; i++) {
        result.at[i] = static_cast<uint16_t>(Words(x).at[i]);
    }
    return result.vector();
}

inline float flushed(float x) {
    return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0f, x) : x;
}
inline float widened(uint16_t x) {
    const uint32_t bits = static_cast<uint32_t>(x) << 16;
    float result;
    std::memcpy(&result, &bits, sizeof(result));
    return flushed(result);
}
inline __m256bh cvtneps_pbh(__m512 x) {
    Lanes<__m256bh, uint16_t> result;
    for (int i = 0; i < 16; i++) {
        const float value = flushed(Floats(x).at[i]);
        uint32_t bits;
        std::memcpy(&bits, &value, sizeof(bits));
        const uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
        result.at[i] = static_cast<uint16_t>(std::isnan(value) ? bits >> 16 | 0x40 : rounded);
    }
    return result.vector();
}
// The second product of each pair first, each one added with a rounding of its own; denormals are zeros.
inline __m512 dpbf16_ps(__m512 sum, __m512bh a, __m512bh b) {
    const Lanes<__m512bh, uint16_t> left(a), right(b);
    return floats([&](int i) {
        const float odd =
            flushed(std::fma(widened(left.at[2 * i + 1]), widened(right.at[2 * i + 1]), flushed(Floats(sum).at[i])));
        return flushed(std::fma(widened(left.at[2 * i]), widened(right.at[2 * i]), odd));
    });
}

}  // namespace edgesim::tests::emulated

#define EDGESIM_EMULATE(name) edgesim::tests::emulated::name
#define _mm512_set1_ps EDGESIM_EMULATE(set1_ps)
#define _mm512_setzero_ps EDGESIM_EMULATE(setzero_ps)
#define _mm512_loadu_ps EDGESIM_EMULATE(loadu_ps)
#define _mm512_maskz_loadu_ps EDGESIM_EMULATE(maskz_loadu_ps)
#define _mm512_mask_storeu_ps EDGESIM_EMULATE(mask_storeu_ps)
#define _mm512_storeu_ps EDGESIM_EMULATE(storeu_ps)
#define _mm512_add_ps EDGESIM_EMULATE(add_ps)
#define _mm512_sub_ps EDGESIM_EMULATE(sub_ps)
#define _mm512_mul_ps EDGESIM_EMULATE(mul_ps)
#define _mm512_fmadd_ps EDGESIM_EMULATE(fmadd_ps)
#define _mm512_min_ps EDGESIM_EMULATE(min_ps)
#undef _mm512_cmp_ps_mask
#define _mm512_cmp_ps_mask EDGESIM_EMULATE(cmp_ps_mask)
#define _mm512_mask_mul_ps EDGESIM_EMULATE(mask_mul_ps)
#define _mm512_permutex2var_ps EDGESIM_EMULATE(permutex2var_ps)
#undef _mm512_setr_epi32
#define _mm512_setr_epi32 EDGESIM_EMULATE(setr_epi32)
#define _mm512_set1_epi32 EDGESIM_EMULATE(set1_epi32)
#define _mm512_loadu_si512 EDGESIM_EMULATE(loadu_si512)
#define _mm512_castps_si512 EDGESIM_EMULATE(castps_si512)
#define _mm512_castsi512_ps EDGESIM_EMULATE(castsi512_ps)
#define _mm512_srli_epi32 EDGESIM_EMULATE(srli_epi32)
#define _mm512_slli_epi32 EDGESIM_EMULATE(slli_epi32)
#define _mm512_and_si512 EDGESIM_EMULATE(and_si512)
#define _mm512_add_epi32 EDGESIM_EMULATE(add_epi32)
#define _mm512_sub_epi32 EDGESIM_EMULATE(sub_epi32)
#define _mm512_mask_or_epi32 EDGESIM_EMULATE(mask_or_epi32)
#define _mm512_cvtepu16_epi32 EDGESIM_EMULATE(cvtepu16_epi32)
#define _mm512_cvtepi32_epi16 EDGESIM_EMULATE(cvtepi32_epi16)
#define _mm512_cvtneps_pbh EDGESIM_EMULATE(cvtneps_pbh)
#define _mm512_dpbf16_ps EDGESIM_EMULATE(dpbf16_ps)
