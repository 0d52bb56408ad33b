#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "number.h"

namespace edgesim {
namespace {

// Intel's palette 1: up to 8 tiles of up to 16 rows of 64 bytes.
struct TileConfiguration {
    uint8_t palette = 1, start_row = 0, reserved[14] = {};
    uint16_t row_bytes[16] = {};
    uint8_t rows[16] = {};

    static TileConfiguration whole() {
        TileConfiguration result;
        for (int i = 0; i < 8; i++) {
            result.row_bytes[i] = 64;
            result.rows[i] = 16;
        }
        return result;
    }
};
static_assert(sizeof(TileConfiguration) == 64);

// Intel's description of TDPBF16PS and its companions in plain C++ (Instruction Set Extensions Programming Reference,
// chapter on AMX): pairs' first and second products are summed apart, denormals count as zero, on the way in and out.
// Use without configuration ends the program, as the instructions do.
struct EmulatedTiles {
    struct State {
        bool configured = false;
        TileConfiguration configuration = {};
        alignas(64) uint8_t data[8][16][64];
    };

    static State& state() {
        thread_local State value;
        return value;
    }
    static State& ready(int tile) {
        State& s = state();
        if (!s.configured || s.configuration.rows[tile] == 0) {
            std::abort();
        }
        return s;
    }
    static void configure() {
        state().configuration = TileConfiguration::whole();
        state().configured = true;
        std::memset(state().data, 0, sizeof(state().data));
    }
    static void release() { state().configured = false; }

    template <int tile>
    static void zero() {
        std::memset(ready(tile).data[tile], 0, sizeof(State::data[tile]));
    }
    template <int tile>
    static void load(const void* from, int64_t stride) {
        State& s = ready(tile);
        for (int r = 0; r < s.configuration.rows[tile]; r++) {
            std::memcpy(s.data[tile][r], static_cast<const char*>(from) + r * stride, s.configuration.row_bytes[tile]);
        }
    }
    template <int tile>
    static void store(void* to, int64_t stride) {
        State& s = ready(tile);
        for (int r = 0; r < s.configuration.rows[tile]; r++) {
            std::memcpy(static_cast<char*>(to) + r * stride, s.data[tile][r], s.configuration.row_bytes[tile]);
        }
    }

    static float flushed(float x) {
        uint32_t bits;
        std::memcpy(&bits, &x, sizeof(bits));
        return (bits & 0x7F800000) != 0 ? x : (bits >> 31) != 0 ? -0.0f : 0.0f;
    }

    template <int sum, int a, int b>
    static void multiply_add() {
        State& s = ready(sum);
        ready(a);
        ready(b);
        const int pairs = s.configuration.row_bytes[a] / 4, columns = s.configuration.row_bytes[sum] / 4;
        // The instruction's own demands on the sizes.
        if (s.configuration.rows[a] != s.configuration.rows[sum] || s.configuration.rows[b] != pairs ||
            s.configuration.row_bytes[b] != s.configuration.row_bytes[sum]) {
            std::abort();
        }
        for (int m = 0; m < s.configuration.rows[sum]; m++) {
            float even[16] = {}, odd[16] = {}, before[16] = {};
            for (int k = 0; k < pairs; k++) {
                uint16_t left[2];
                std::memcpy(left, s.data[a][m] + 4 * k, sizeof(left));
                const float first = flushed(from_bf16(left[0])), second = flushed(from_bf16(left[1]));
                uint16_t right[32];
                std::memcpy(right, s.data[b][k], sizeof(right));
                for (int n = 0; n < columns; n++) {
                    even[n] = flushed(fused(first, flushed(from_bf16(right[2 * n])), even[n]));
                    odd[n] = flushed(fused(second, flushed(from_bf16(right[2 * n + 1])), odd[n]));
                }
            }
            std::memcpy(before, s.data[sum][m], sizeof(before));
            for (int n = 0; n < columns; n++) {
                before[n] = flushed(flushed(before[n]) + flushed(even[n] + odd[n]));
            }
            std::memcpy(s.data[sum][m], before, sizeof(before));
        }
    }

    // a * b + c rounded once: the product of two bfloat16 is exact in double, and nearly so the sum.
    static float fused(float a, float b, float c) { return static_cast<float>(static_cast<double>(a) * b + c); }
};

#if defined(__AMX_BF16__)
// The instructions themselves, in assembly: g++ 12's intrinsics take a tile's number as a literal only, and tell the
// compiler neither what memory a load reads nor all that the configuration has. The system must have been asked for
// tile data before.
struct AmxTiles {
    // Memory behind a pointer, of a length that the compiler need not know.
    using Bytes = char[];

    static void configure() {
        const TileConfiguration configuration = TileConfiguration::whole();
        asm volatile("ldtilecfg %0" : : "m"(configuration));
    }
    static void release() { asm volatile("tilerelease"); }

    template <int tile>
    static void zero() {
        asm volatile("tilezero %%tmm%c0" : : "i"(tile));
    }
    template <int tile>
    static void load(const void* from, int64_t stride) {
        asm volatile("tileloadd (%1,%2,1), %%tmm%c0"
                     :
                     : "i"(tile), "r"(from), "r"(stride), "m"(*static_cast<const Bytes*>(from)));
    }
    template <int tile>
    static void store(void* to, int64_t stride) {
        asm volatile("tilestored %%tmm%c1, (%2,%3,1)"
                     : "=m"(*static_cast<Bytes*>(to))
                     : "i"(tile), "r"(to), "r"(stride));
    }
    // sum += a b; in the assembler's order of operands the sum is last.
    template <int sum, int a, int b>
    static void multiply_add() {
        asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(sum), "i"(a), "i"(b));
    }
};
#endif

}  // namespace
}  // namespace edgesim
