#pragma once

// What kernels.cu needs from its compiler: clang without a CUDA toolkit, nvcc, or a C++ compiler that makes the CPU
// twin.
#if defined(__CUDA__) && defined(__clang__)
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#include <__clang_cuda_builtin_vars.h>
#define EDGESIM_GPU 1
#elif defined(__CUDACC__)
#define EDGESIM_GPU 1
#else
#include "half.h"
#define __global__
#define __device__
#define EDGESIM_GPU 0
#endif

#if EDGESIM_GPU
#define EDGESIM_UNROLL _Pragma("unroll")
#else
#define EDGESIM_UNROLL
#endif

namespace edgesim::cuda {

#if !EDGESIM_GPU
struct Index3 {
    unsigned x, y, z;
};
// Set by run_on_cpu before each call of a kernel.
inline thread_local Index3 threadIdx, blockIdx, blockDim, gridDim;
#endif

// Stored as 16 bits, computed in float. A type of one's own and the conversions as PTX: headers of the toolkit are not
// needed, and every compiler does the same.
struct Half {
    unsigned short bits;
};

__device__ inline float load_as_float(float value) {
    return value;
}

__device__ inline float load_as_float(Half value) {
#if EDGESIM_GPU
    float result;
    asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(value.bits));
    return result;
#else
    return half_to_float(value.bits);
#endif
}

__device__ inline void store_from_float(float value, float& target) {
    target = value;
}

__device__ inline void store_from_float(float value, Half& target) {
#if EDGESIM_GPU
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(target.bits) : "f"(value));
#else
    target.bits = float_to_half(value);
#endif
}

// Values that one instruction moves. Halves go in pairs: clang splits 16 bytes of them into two loads otherwise.
template <class T, int count>
struct alignas(sizeof(T) * count) Pack {
    T values[count];

    __device__ T get(int v) const { return values[v]; }
    __device__ void set(int v, T value) { values[v] = value; }
};

template <int count>
struct alignas(2 * count) HalfPairs {
    unsigned pairs[count / 2];

    __device__ Half get(int v) const { return {static_cast<unsigned short>(pairs[v / 2] >> v % 2 * 16)}; }
    __device__ void set(int v, Half value) {
        pairs[v / 2] = v % 2 == 0 ? value.bits : pairs[v / 2] | static_cast<unsigned>(value.bits) << 16;
    }
};

template <class T, int count>
struct PackOf {
    using Type = Pack<T, count>;
};
template <int count>
struct PackOf<Half, count> {
    using Type = HalfPairs<count>;
};
template <>
struct PackOf<Half, 1> {
    using Type = Pack<Half, 1>;
};

template <class T, int count>
__device__ inline void load(const T* source, float (&values)[count]) {
    typename PackOf<T, count>::Type pack;
    __builtin_memcpy(&pack, __builtin_assume_aligned(source, sizeof(pack)), sizeof(pack));
    EDGESIM_UNROLL
    for (int v = 0; v < count; v++) {
        values[v] = load_as_float(pack.get(v));
    }
}

template <class T, int count>
__device__ inline void store(const float (&values)[count], T* target) {
    typename PackOf<T, count>::Type pack;
    EDGESIM_UNROLL
    for (int v = 0; v < count; v++) {
        T value;
        store_from_float(values[v], value);
        pack.set(v, value);
    }
    __builtin_memcpy(__builtin_assume_aligned(target, sizeof(pack)), &pack, sizeof(pack));
}

}  // namespace edgesim::cuda
