#pragma once

#include "border.h"
#include "convolution.h"
#include "packing.h"
#include "standardisation.h"
#include "upsampling.h"

namespace edgesim {

// Instruction sets of the bfloat16 kernels, from the least to the most demanding. `tiles` does in plain C++ what AMX's
// tile instructions do, for tests; it is never chosen by itself.
enum class Bf16Level { tiles, scalar, avx2, avx512, avx512_bf16, amx };

constexpr int bf16_level_count = 6;

extern const char* const bf16_level_names[bf16_level_count];

// The kernels of one level. Each call computes one task; tasks write disjoint parts of the output, so that they may run
// in any order and on any number of threads with the same result. `scratch` is for this call alone, aligned to 64
// bytes.
struct Bf16Kernels {
    Elements elements;  // that weights are packed as
    void (*convolution)(const Bf16Convolution& arguments, int64_t task, void* scratch);
    void (*upsampling)(const Bf16Upsampling& arguments, int64_t task, void* scratch);
    void (*entry)(const Bf16Entry& arguments, int64_t task);
    void (*exit)(const Bf16Exit& arguments, int64_t task);
    void (*normalisation)(const Bf16Normalisation& arguments, int64_t task);
    void (*moments)(const Bf16Standardisation& arguments, int64_t task, void* scratch);
    void (*standardisation)(const Bf16Standardisation& arguments, int64_t task, void* scratch);

    int64_t element_bytes() const { return elements == Elements::floats ? 4 : 2; }
};

extern const Bf16Kernels bf16_tiles, bf16_scalar, bf16_avx2, bf16_avx512, bf16_avx512_bf16, bf16_amx;

// Whether this processor (and system) can run a level; of AMX, asks the system for tile data.
bool supported(Bf16Level level);

// The kernels of one level, which must be supported.
const Bf16Kernels& bf16_kernels(Bf16Level level);

// The level in use: AMX where the processor has it, else the widest; AVX512-BF16 only where its products are faster
// than fused multiply-additions of floats. EDGESIM_BF16_LEVEL or edgesim_set_bf16_level may ask for another one.
// Kernels keep the level that they were made at.
Bf16Level current_bf16_level();

// Whether the library of convolutions computes in place of the kernels of a level for so many channels, by default
// where it is faster. oneDNN 2.6 was measured against AMX tiles of 2 by 2, 3x3 convolutions on two threads: 340 to 673
// GMAC/s at 32 channels and 512x256, but 1,640 to 908 at 64 channels and 256x128, 2,085 to 1,198 at 128 channels and
// 128x64.
bool library_takes_part(Bf16Level level, int64_t inputs, int64_t outputs);

// Multiply-accumulates a second of one thread that does nothing else, operands in registers; 0 where the level is not
// supported or has no such loop (scalar, tiles).
double bf16_peak(Bf16Level level);

// Such loops, by instruction set, `rounds` long: they return the multiply-accumulates that they did.
extern double (*const bf16_peak_avx2)(int64_t rounds);
extern double (*const bf16_peak_avx512)(int64_t rounds);
extern double (*const bf16_peak_avx512_bf16)(int64_t rounds);
extern double (*const bf16_peak_amx)(int64_t rounds);

}  // namespace edgesim

extern "C" {
// Name of the level in use.
__attribute__((visibility("default"))) const char* edgesim_bf16_level();

// Chooses a level by name for kernels that are made later; null: the best one. Returns 0 if the name is unknown or the
// processor lacks the level, which then changes nothing.
__attribute__((visibility("default"))) int edgesim_set_bf16_level(const char* name);

// Whether bfloat16 is faster than float here: 2 by AMX, 1 by AVX512-BF16 as measured, 0 not.
__attribute__((visibility("default"))) int edgesim_bf16_gain();

// When oneDNN computes in place of the kernels, for those made later: 0 never, 1 where it is faster (the default), 2
// wherever it can. Returns 0 where there is no oneDNN, which then changes nothing.
__attribute__((visibility("default"))) int edgesim_bf16_use_library(int use);

// Which library computes convolutions beside the kernels, with its version, e.g. "oneDNN 2.6.3", or that there is none and
// why, e.g. "none (libedgesim_onednn.so is not built)".
__attribute__((visibility("default"))) const char* edgesim_bf16_library();

// Register-only peak of one thread at a level, multiply-accumulates a second; 0 where there is none.
__attribute__((visibility("default"))) double edgesim_bf16_peak(const char* name);
}
