#pragma once

namespace edgesim::cuda {

// What kernels get, by value: one structure each, which host and device must lay out alike (hence plain types only).
//
// Both layouts of a map are one to them. A *pixel* holds `depth` values that lie side by side, and a *plane* is a
// picture of pixels: [N, C, H, W] has N * C planes of depth 1, [N, H, W, C] has N planes of depth C. Value d of a pixel
// in plane p belongs to channel p % plane_channels + d, with plane_channels = C or 1.

constexpr int max_taps = 8;

// output = leakyReLU(FIR(pad(up(input))) every `down` pixels + noise + bias), the filter being the outer product of
// `taps` with itself: position (i, j) of the output is the sum over k, l of taps[k] * taps[l] * u(i * down + k - top, j
// * down + l - left). u has the input's pixel (m, n) at (m * up, n * up) and zeros between; beyond its edges it is
// zero, or mirrored without repeating the edge (`reflect`, for up = 1 alone).
struct FirArguments {
    const void* input;
    const void* bias;   // [C], or null for none
    const void* noise;  // [out_height, out_width], or null for none
    void* output;
    long long input_plane, output_plane;  // values a plane
    int planes, plane_channels, depth;
    int height, width, out_height, out_width;
    int up, down, top, left, reflect, count;
    int rows;     // output rows a thread (all kernels but fir_any, which does one)
    float slope;  // of the leaky ReLU for negative values; 1 for none
    float taps[max_taps];
};

// output = leakyReLU(input + noise + bias) + skip.
struct TailArguments {
    const void* input;
    const void* bias;   // [C]
    const void* noise;  // [height, width], or null for none
    const void* skip;   // null for none; else of the input's size, or of half of it and then enlarged bilinearly
    void* output;
    long long plane, skip_plane;  // values a plane
    int planes, plane_channels, depth;
    int height, width;
    int enlarge;  // whether the skip connection has half the size
    float slope;
};

// output[c] = sum over k in 0..2 of M[c, k] * picture[k] + M[c, 3] + residual[c] for each image, M being 3x4 matrices
// of cells that are `across` by `down` pixels large, interpolated bilinearly (half-pixel centres, edges clamped).
struct ColourArguments {
    const float* coefficients;  // rows of M, one after the other: [N, 12, cell_height, cell_width]
    const float* picture;       // [N, 3, height, width]
    const float* residual;      // [N, 3, height, width]
    float* output;              // [N, 3, height, width]
    int images, height, width, cell_height, cell_width, down, across;
};

}  // namespace edgesim::cuda
