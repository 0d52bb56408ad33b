#pragma once

#include <cstdint>
#include <vector>

#include "arguments.h"

namespace edgesim::cuda {

// The kernels of kernels.cu by number, and their names in the PTX.
extern const char* const entry_names[];
extern const int entry_count;

enum class Element { f32, f16 };

struct Extent {
    unsigned x = 1, y = 1, z = 1;
};

// One launch: which kernel, on which grid, with which arguments.
struct Plan {
    int entry = 0;
    Extent grid, block;
    union {
        FirArguments fir;
        TailArguments tail;
        ColourArguments colour;
    };

    Plan() : fir{} {}
    const void* arguments() const { return &fir; }
};

// A map [N, C, H, W], or [N, H, W, C] with channels last.
struct Map {
    int64_t batch, channels, height, width;
    bool channels_last;
};

// See FirArguments; `taps` includes the gain.
struct Filter {
    std::vector<float> taps;
    int64_t up = 1, down = 1, top = 0, left = 0, bottom = 0, right = 0;
    bool reflect = false;

    // Throws std::invalid_argument where the attributes make no filter.
    void check() const;

    // Size of the output along an axis with these pads; throws std::invalid_argument where nothing is left, or where an
    // axis is too short to be mirrored.
    int64_t output(int64_t size, int64_t before, int64_t after) const;
};

// Where a launch finds its tensors: addresses of the device (of the host for the twin). Optional ones may be null.
struct Tensors {
    const void* input = nullptr;
    const void* bias = nullptr;
    const void* noise = nullptr;
    const void* skip = nullptr;
    void* output = nullptr;
};

// Both throw std::invalid_argument where a map is larger than the kernels' indices.
Plan plan_fir(Element element, const Map& map, const Filter& filter, float slope, const Tensors& tensors);
Plan plan_tail(Element element, const Map& map, bool enlarge, float slope, const Tensors& tensors);
// The same, and where the cells don't divide the picture.
Plan plan_colours(int64_t images, int64_t height, int64_t width, int64_t cell_height, int64_t cell_width,
                  const float* coefficients, const float* picture, const float* residual, float* output);

}  // namespace edgesim::cuda
