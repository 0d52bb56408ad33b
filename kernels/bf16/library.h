#pragma once

#include <cstdint>

// The interface between the operators and an optional library of convolutions (oneDNN) in a shared object of its own,
// libedgesim_onednn.so: a machine without oneDNN lacks that file, and nothing else.
extern "C" {

// A convolution without padding of one gathered band of a picture, pixel by pixel, channels side by side and dense.
struct edgesim_band {
    int64_t rows, columns;  // of the result
    int64_t channels;       // of the band, padded
    int64_t inputs;         // of them, those that weights are given for
    int64_t outputs, size, stride, dilation;
    int32_t numbers;  // whether the band is bfloat16 rather than floats; the result is floats
};

// A primitive for such bands, for any number of threads at once, each of which computes alone; null where the library
// has no fast one. Weights [outputs, inputs, size, size]; tells the bytes of scratch memory that a run needs.
using edgesim_make_band = void*(const edgesim_band* band, const float* weights, int64_t* scratch_bytes);

// Computes; 0 if that failed. All pointers are aligned to 64 bytes.
using edgesim_run_band = int(void* primitive, const void* x, float* y, void* scratch);

using edgesim_free_band = void(void* primitive);

// The library's name and version; the text is the library's own.
using edgesim_library_name = const char*();
}

namespace edgesim {

struct ConvolutionLibrary {
    edgesim_make_band* make;
    edgesim_run_band* run;
    edgesim_free_band* free;
};

// The library beside this one; null where there is none, and where the processor hides its caches, whose sizes oneDNN's
// blocking follows: results were wrong there. EDGESIM_ONEDNN is the path of another one, which is taken anywhere, or 0 for none.
const ConvolutionLibrary* convolution_library();

// When it takes part: never, at the level and with the channels where it was measured to be faster, or wherever it can.
// `always` at the start where EDGESIM_ONEDNN names it.
enum class LibraryUse { never, where_faster, always };

LibraryUse library_use();

struct Bf16Convolution;

// A library's primitives for one convolution, whose sizes are known.
class Bands {
  public:
    // Lets `convolution` use the library where that has all that is needed; else leaves it as it is.
    Bands(const ConvolutionLibrary& library, Bf16Convolution& convolution, const float* weights);
    ~Bands();
    Bands(const Bands&) = delete;
    Bands& operator=(const Bands&) = delete;

  private:
    const ConvolutionLibrary& library_;
    void* bands_[2][2] = {};
};

}  // namespace edgesim
