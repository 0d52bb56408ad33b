#pragma once

#include "../simd.h"
#include "number.h"

// bfloat16 numbers in and out of the vectors of simd.h. Partial accesses touch only the first `count` numbers.
namespace edgesim {
namespace {

template <class V>
V load_bf16(const uint16_t* p);
template <class V>
void store_bf16(V x, uint16_t* p);

// Half as many numbers, the other lanes 0: what many networks' last vector of channels has.
template <class V>
V load_half_bf16(const uint16_t* p);
template <class V>
void store_half_bf16(V x, uint16_t* p);

template <>
inline ScalarVector load_bf16<ScalarVector>(const uint16_t* p) {
    return {from_bf16(*p)};
}

template <>
inline void store_bf16<ScalarVector>(ScalarVector x, uint16_t* p) {
    *p = to_bf16(x.value);
}

// The values rounded to bfloat16, still as floats.
inline ScalarVector round_bf16(ScalarVector x) {
    return {from_bf16(to_bf16(x.value))};
}

inline ScalarVector least(ScalarVector x, ScalarVector maximum) {
    return {x.value > maximum.value ? maximum.value : x.value};
}

#if defined(__AVX2__)
inline __m256i rounded_bits(Avx2Vector x) {
    const __m256i bits = _mm256_castps_si256(x.value), upper = _mm256_srli_epi32(bits, 16);
    const __m256i odd = _mm256_and_si256(upper, _mm256_set1_epi32(1));
    const __m256i rounded =
        _mm256_srli_epi32(_mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF))), 16);
    const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(x.value, x.value, _CMP_UNORD_Q));
    return _mm256_blendv_epi8(rounded, _mm256_or_si256(upper, _mm256_set1_epi32(0x40)), nan);
}

template <>
inline Avx2Vector load_bf16<Avx2Vector>(const uint16_t* p) {
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    return {_mm256_castsi256_ps(_mm256_slli_epi32(wide, 16))};
}

template <>
inline void store_bf16<Avx2Vector>(Avx2Vector x, uint16_t* p) {
    const __m256i bits = rounded_bits(x);
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(bits, bits), 0x08);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_castsi256_si128(packed));
}

template <>
inline Avx2Vector load_half_bf16<Avx2Vector>(const uint16_t* p) {
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
    return {_mm256_castsi256_ps(_mm256_slli_epi32(wide, 16))};
}

template <>
inline void store_half_bf16<Avx2Vector>(Avx2Vector x, uint16_t* p) {
    const __m128i bits = _mm256_castsi256_si128(rounded_bits(x));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi32(bits, bits));
}

inline Avx2Vector round_bf16(Avx2Vector x) {
    return {_mm256_castsi256_ps(_mm256_slli_epi32(rounded_bits(x), 16))};
}

// A NaN in x stays: the second operand is what the instruction returns then.
inline Avx2Vector least(Avx2Vector x, Avx2Vector maximum) {
    return {_mm256_min_ps(maximum.value, x.value)};
}
#endif

#if defined(__AVX512F__)
inline __m512i rounded_bits(Avx512Vector x) {
    const __m512i bits = _mm512_castps_si512(x.value), upper = _mm512_srli_epi32(bits, 16);
    const __m512i odd = _mm512_and_si512(upper, _mm512_set1_epi32(1));
    const __m512i rounded =
        _mm512_srli_epi32(_mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF))), 16);
    const __mmask16 nan = _mm512_cmp_ps_mask(x.value, x.value, _CMP_UNORD_Q);
    return _mm512_mask_or_epi32(rounded, nan, upper, _mm512_set1_epi32(0x40));
}

template <>
inline Avx512Vector load_bf16<Avx512Vector>(const uint16_t* p) {
    const __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    return {_mm512_castsi512_ps(_mm512_slli_epi32(wide, 16))};
}

template <>
inline Avx512Vector load_half_bf16<Avx512Vector>(const uint16_t* p) {
    const __m256i half = _mm256_zextsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16))};
}

inline __m256i packed_bf16(Avx512Vector x) {
#if defined(__AVX512BF16__)
    // Takes denormals for zero, as the products do.
    const __m256bh packed = _mm512_cvtneps_pbh(x.value);
    __m256i bits;
    std::memcpy(&bits, &packed, sizeof(bits));
    return bits;
#else
    return _mm512_cvtepi32_epi16(rounded_bits(x));
#endif
}

template <>
inline void store_bf16<Avx512Vector>(Avx512Vector x, uint16_t* p) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), packed_bf16(x));
}

template <>
inline void store_half_bf16<Avx512Vector>(Avx512Vector x, uint16_t* p) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_castsi256_si128(packed_bf16(x)));
}

inline Avx512Vector round_bf16(Avx512Vector x) {
    return {_mm512_castsi512_ps(_mm512_slli_epi32(rounded_bits(x), 16))};
}

inline Avx512Vector least(Avx512Vector x, Avx512Vector maximum) {
    return {_mm512_min_ps(maximum.value, x.value)};
}
#endif

// Up to V::lanes numbers, the fast way where it is all of them; the other lanes are 0.
template <class V>
V get_bf16(const uint16_t* p, int64_t count) {
    if (count >= V::lanes) {
        return load_bf16<V>(p);
    }
    if constexpr (V::lanes > 1) {
        if (count == V::lanes / 2) {
            return load_half_bf16<V>(p);
        }
    }
    uint16_t all[V::lanes] = {};
    std::memcpy(all, p, static_cast<size_t>(count) * sizeof(uint16_t));
    return load_bf16<V>(all);
}

template <class V>
void put_bf16(V x, uint16_t* p, int64_t count) {
    if (count >= V::lanes) {
        store_bf16(x, p);
        return;
    }
    if constexpr (V::lanes > 1) {
        if (count == V::lanes / 2) {
            store_half_bf16(x, p);
            return;
        }
    }
    uint16_t all[V::lanes];
    store_bf16(x, all);
    std::memcpy(p, all, static_cast<size_t>(count) * sizeof(uint16_t));
}

// The same where it is known before whether all are whole vectors.
template <bool whole, class V>
V get_part(const uint16_t* p, int64_t count) {
    return whole ? load_bf16<V>(p) : get_bf16<V>(p, count);
}
template <bool whole, class V>
void put_part(V x, uint16_t* p, int64_t count) {
    if constexpr (whole) {
        store_bf16(x, p);
    } else {
        put_bf16(x, p, count);
    }
}

// Scratch elements, whole vectors: floats that are rounded to bfloat16, or bfloat16 itself.
template <class V>
void put_element(V x, float* p) {
    round_bf16(x).store(p);
}
template <class V>
void put_element(V x, uint16_t* p) {
    store_bf16(x, p);
}

}  // namespace
}  // namespace edgesim
