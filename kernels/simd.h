#pragma once

#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// Vectors of floats under common names, so that each kernel is written once. Everything here and in the kernel headers
// is in an anonymous namespace: each instruction set's source file gets code of its own, which the linker must not
// share.
namespace edgesim {
namespace {

struct ScalarVector {
    static constexpr int64_t lanes = 1;
    float value;

    static ScalarVector all(float x) { return {x}; }
    static ScalarVector load(const float* p) { return {*p}; }
    // Reads only the first `count` values, 1 <= count <= lanes; the other lanes are 0.
    static ScalarVector load(const float* p, int64_t) { return {*p}; }
    void store(float* p) const { *p = value; }
    // Writes only the first `count` values; none if count <= 0.
    void store(float* p, int64_t count) const {
        if (count > 0) {
            *p = value;
        }
    }
    friend ScalarVector operator+(ScalarVector a, ScalarVector b) { return {a.value + b.value}; }
    friend ScalarVector operator-(ScalarVector a, ScalarVector b) { return {a.value - b.value}; }
    friend ScalarVector operator*(ScalarVector a, ScalarVector b) { return {a.value * b.value}; }
    static ScalarVector multiply_add(ScalarVector a, ScalarVector b, ScalarVector c) {
        return {a.value * b.value + c.value};
    }
    // x where x >= 0, else slope * x; NaN stays NaN.
    static ScalarVector leaky(ScalarVector x, ScalarVector slope) {
        return {x.value >= 0 ? x.value : x.value * slope.value};
    }
    // even[0], odd[0], even[1], odd[1], ...
    static void interleave(ScalarVector even, ScalarVector odd, ScalarVector& low, ScalarVector& high) {
        low = even;
        high = odd;
    }
    // Lane l is p[places[l] - first]; 0 <= places[l] - first < lanes, and as many values are readable at p.
    static ScalarVector pick(const float* p, const int32_t* places, int32_t first) { return {p[*places - first]}; }
    // The way back: every second value of (low, high).
    static void deinterleave(ScalarVector low, ScalarVector high, ScalarVector& even, ScalarVector& odd) {
        even = low;
        odd = high;
    }
};

#if defined(__AVX2__)
struct Avx2Vector {
    static constexpr int64_t lanes = 8;
    __m256 value;

    static __m256i mask(int64_t count) {
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                                  _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }
    static Avx2Vector all(float x) { return {_mm256_set1_ps(x)}; }
    static Avx2Vector load(const float* p) { return {_mm256_loadu_ps(p)}; }
    static Avx2Vector load(const float* p, int64_t count) { return {_mm256_maskload_ps(p, mask(count))}; }
    void store(float* p) const { _mm256_storeu_ps(p, value); }
    void store(float* p, int64_t count) const { _mm256_maskstore_ps(p, mask(count), value); }
    friend Avx2Vector operator+(Avx2Vector a, Avx2Vector b) { return {_mm256_add_ps(a.value, b.value)}; }
    friend Avx2Vector operator-(Avx2Vector a, Avx2Vector b) { return {_mm256_sub_ps(a.value, b.value)}; }
    friend Avx2Vector operator*(Avx2Vector a, Avx2Vector b) { return {_mm256_mul_ps(a.value, b.value)}; }
    static Avx2Vector multiply_add(Avx2Vector a, Avx2Vector b, Avx2Vector c) {
        return {_mm256_fmadd_ps(a.value, b.value, c.value)};
    }
    static Avx2Vector leaky(Avx2Vector x, Avx2Vector slope) {
        __m256 keep = _mm256_cmp_ps(x.value, _mm256_setzero_ps(), _CMP_GE_OQ);
        return {_mm256_blendv_ps(_mm256_mul_ps(x.value, slope.value), x.value, keep)};
    }
    static void interleave(Avx2Vector even, Avx2Vector odd, Avx2Vector& low, Avx2Vector& high) {
        __m256 a = _mm256_unpacklo_ps(even.value, odd.value), b = _mm256_unpackhi_ps(even.value, odd.value);
        low.value = _mm256_permute2f128_ps(a, b, 0x20);
        high.value = _mm256_permute2f128_ps(a, b, 0x31);
    }
    static Avx2Vector pick(const float* p, const int32_t* places, int32_t first) {
        const __m256i all = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(places));
        return {_mm256_permutevar8x32_ps(_mm256_loadu_ps(p), _mm256_sub_epi32(all, _mm256_set1_epi32(first)))};
    }
    static void deinterleave(Avx2Vector low, Avx2Vector high, Avx2Vector& even, Avx2Vector& odd) {
        __m256 a = _mm256_permute2f128_ps(low.value, high.value, 0x20),
               b = _mm256_permute2f128_ps(low.value, high.value, 0x31);
        even.value = _mm256_shuffle_ps(a, b, 0x88);
        odd.value = _mm256_shuffle_ps(a, b, 0xDD);
    }
};
#endif

#if defined(__AVX512F__)
struct Avx512Vector {
    static constexpr int64_t lanes = 16;
    __m512 value;

    static __mmask16 mask(int64_t count) {
        return count <= 0 ? 0 : count >= lanes ? 0xFFFF : static_cast<__mmask16>((1u << count) - 1);
    }
    static Avx512Vector all(float x) { return {_mm512_set1_ps(x)}; }
    static Avx512Vector load(const float* p) { return {_mm512_loadu_ps(p)}; }
    static Avx512Vector load(const float* p, int64_t count) { return {_mm512_maskz_loadu_ps(mask(count), p)}; }
    void store(float* p) const { _mm512_storeu_ps(p, value); }
    void store(float* p, int64_t count) const { _mm512_mask_storeu_ps(p, mask(count), value); }
    friend Avx512Vector operator+(Avx512Vector a, Avx512Vector b) { return {_mm512_add_ps(a.value, b.value)}; }
    friend Avx512Vector operator-(Avx512Vector a, Avx512Vector b) { return {_mm512_sub_ps(a.value, b.value)}; }
    friend Avx512Vector operator*(Avx512Vector a, Avx512Vector b) { return {_mm512_mul_ps(a.value, b.value)}; }
    static Avx512Vector multiply_add(Avx512Vector a, Avx512Vector b, Avx512Vector c) {
        return {_mm512_fmadd_ps(a.value, b.value, c.value)};
    }
    static Avx512Vector leaky(Avx512Vector x, Avx512Vector slope) {
        __mmask16 scale = _mm512_cmp_ps_mask(x.value, _mm512_setzero_ps(), _CMP_NGE_UQ);
        return {_mm512_mask_mul_ps(x.value, scale, x.value, slope.value)};
    }
    static void interleave(Avx512Vector even, Avx512Vector odd, Avx512Vector& low, Avx512Vector& high) {
        const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const __m512i second = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        low.value = _mm512_permutex2var_ps(even.value, first, odd.value);
        high.value = _mm512_permutex2var_ps(even.value, second, odd.value);
    }
    static Avx512Vector pick(const float* p, const int32_t* places, int32_t first) {
        const __m512i index = _mm512_sub_epi32(_mm512_loadu_si512(places), _mm512_set1_epi32(first));
        const __m512 from = _mm512_loadu_ps(p);
        return {_mm512_permutex2var_ps(from, index, from)};
    }
    static void deinterleave(Avx512Vector low, Avx512Vector high, Avx512Vector& even, Avx512Vector& odd) {
        const __m512i first = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        const __m512i second = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
        even.value = _mm512_permutex2var_ps(low.value, first, high.value);
        odd.value = _mm512_permutex2var_ps(low.value, second, high.value);
    }
};
#endif

// The common end of both kernels: leakyReLU(x + noise + bias) for up to V::lanes values; `noise` may be null.
template <class V>
V activate(V x, const float* noise, int64_t count, V bias, V slope) {
    x = x + bias;
    if (noise != nullptr && count > 0) {
        x = x + (count >= V::lanes ? V::load(noise) : V::load(noise, count));
    }
    return V::leaky(x, slope);
}

// Stores up to V::lanes values, the fast way where it is all of them.
template <class V>
void put(V x, float* p, int64_t count) {
    if (count >= V::lanes) {
        x.store(p);
    } else {
        x.store(p, count);
    }
}

// Loads up to V::lanes values, count > 0.
template <class V>
V get(const float* p, int64_t count) {
    return count >= V::lanes ? V::load(p) : V::load(p, count);
}

// Columns handled at a time: the intermediate rows of both kernels then stay in the first-level cache for any width.
constexpr int64_t tile = 512;

// Room behind an intermediate row for whole vectors, and one column of halo on each side.
constexpr int64_t slack = 32;

}  // namespace
}  // namespace edgesim
