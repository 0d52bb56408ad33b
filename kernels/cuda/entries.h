#pragma once

// The kernels' list: type, its name, values a thread takes side by side (16 bytes where a pixel's depth allows it), taps
// and step of the filter. The generator's filter has four taps, the encoder's three, and steps over every second pixel in
// skip connections; other filters take fir_any.
#define EDGESIM_FIR_ENTRIES(X) \
    X(float, f32, 1, 4, 1)     \
    X(float, f32, 4, 4, 1)     \
    X(float, f32, 1, 3, 1)     \
    X(float, f32, 4, 3, 1)     \
    X(float, f32, 1, 3, 2)     \
    X(float, f32, 4, 3, 2)     \
    X(Half, f16, 1, 4, 1)      \
    X(Half, f16, 8, 4, 1)      \
    X(Half, f16, 1, 3, 1)      \
    X(Half, f16, 8, 3, 1)      \
    X(Half, f16, 1, 3, 2)      \
    X(Half, f16, 8, 3, 2)
#define EDGESIM_FIR_ANY_ENTRIES(X) \
    X(float, f32)                  \
    X(Half, f16)
#define EDGESIM_TAIL_ENTRIES(X) \
    X(float, f32, 1)            \
    X(float, f32, 4)            \
    X(Half, f16, 1)             \
    X(Half, f16, 8)
