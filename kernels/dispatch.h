#pragma once

#include "colour_transform.h"
#include "moments.h"
#include "styled_convolution.h"
#include "styled_tail.h"
#include "upsample_tail.h"

namespace edgesim {

// Instruction sets that the kernels are compiled for, from the least to the most demanding.
enum class Level { scalar, avx2, avx512 };

constexpr int level_count = 3;

// The kernels of one level. Each call computes one task; tasks write disjoint parts of the output, so that they may run
// in any order and on any number of threads with the same result.
struct Kernels {
    void (*upsample_tail)(const UpsampleTail& arguments, int64_t task);
    void (*styled_tail)(const StyledTail& arguments, int64_t task);
    // `scratch` is for this call alone and aligned to 64 bytes.
    void (*styled_convolution)(const StyledConvolution& arguments, int64_t task, float* scratch);
    void (*plane_moments)(const PlaneMoments& arguments, int64_t task);
    void (*colour_transform)(const ColourTransform& arguments, int64_t task);
};

extern const Kernels scalar_kernels;
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;

// Whether this processor (and system) can run a level.
bool supported(Level level);

// The kernels of one level, which must be supported.
const Kernels& kernels(Level level);

// The level in use: the best that is supported, unless EDGESIM_KERNELS_LEVEL (scalar, avx2, avx512) or
// edgesim_set_level asks for a lesser one.
Level current_level();

}  // namespace edgesim

extern "C" {
// Name of the level in use: "scalar", "avx2" or "avx512".
__attribute__((visibility("default"))) const char* edgesim_level();

// Chooses a level by name for all later calls; null: the best one. Returns 0 if the name is unknown or the processor
// lacks the level, which then changes nothing.
__attribute__((visibility("default"))) int edgesim_set_level(const char* name);
}
