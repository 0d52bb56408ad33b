// What a layer's products are surrounded by, on a machine without AMX: the time of gathering, finishing and filtering
// with tiles that multiply nothing, beside that of copying as many bytes as the layer reads and writes. AMX's products
// take less than the rest, so this is what its live frame's time depends on. Prints a table:
// build/kernels/kernels/tests/bf16_around [WIDTH HEIGHT].

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "bf16/dispatch.h"
#include "bf16/level.h"

namespace edgesim {
namespace {

// Tiles that take the time of their stores alone.
struct IdleTiles {
    static void configure() {}
    static void release() {}
    template <int tile>
    static void zero() {}
    template <int tile>
    static void load(const void*, int64_t) {}
    template <int tile>
    static void store(void* to, int64_t stride) {
        for (int64_t row = 0; row < 16; row++) {
            std::memset(static_cast<char*>(to) + row * stride, 0, 64);
        }
    }
    template <int sum, int a, int b>
    static void multiply_add() {}
};

using Engine = TileEngine<IdleTiles>;
using Vector = Avx2Vector;

template <class Work>
double best_ms(const Work& work) {
    using Clock = std::chrono::steady_clock;
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 15; i++) {
        const Clock::time_point start = Clock::now();
        work();
        best = std::min(best, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    return best;
}

struct Bench {
    int64_t width, height;
    std::vector<uint16_t> x, skip, output, weights = std::vector<uint16_t>(9 * 512 * 512);
    std::vector<float> bias = std::vector<float>(512), noise, planes, plane_weights = std::vector<float>(3 * 512);
    double around = 0, copied = 0;

    // Maps of 32 channels at the picture's size are the largest.
    Bench(int64_t w, int64_t h)
        : width(w),
          height(h),
          x(w * h * 32, to_bf16(0.5f)),
          skip(x),
          output(x),
          noise(w * h, 0.1f),
          planes(w * h * 3) {}

    template <class Arguments, class Kernel>
    void print(const char* name, const Arguments& a, const Kernel& kernel, int64_t read, int64_t written) {
        AlignedVector<char> scratch(static_cast<size_t>(a.scratch()));
        const double ms = best_ms([&] {
            for (int64_t task = 0; task < a.tasks(); task++) {
                kernel(a, task, scratch.data());
            }
        });
        std::vector<char> from(static_cast<size_t>(read + written) / 2), to(from.size());
        const double copy = best_ms([&] { std::memcpy(to.data(), from.data(), from.size()); });
        std::printf("| %-36s | %7.3f | %7.3f | %5.1f |\n", name, ms, copy, ms / copy);
        around += ms;
        copied += copy;
    }

    // What layers have in common: a map `down` times smaller than the picture in each direction goes in.
    template <class Arguments>
    Arguments layer(int64_t down, int64_t inputs, int64_t outputs) {
        Arguments a{};
        a.x = x.data();
        a.weights = weights.data();
        a.bias = bias.data();
        a.output = output.data();
        a.batch = 1;
        a.width = width / down;
        a.height = height / down;
        a.inputs = inputs;
        a.outputs = outputs;
        a.slope = 0.2f;
        a.element_bytes = sizeof(uint16_t);
        return a;
    }

    void convolution(const char* name, int64_t down, int64_t inputs, int64_t outputs, int64_t size, int64_t stride,
                     bool blur, Skip skips, bool to_planes = false) {
        Bf16Convolution a = layer<Bf16Convolution>(down, inputs, outputs);
        a.noise = skips == Skip::half ? noise.data() : nullptr;
        a.skip = skip.data();
        a.skip_size = skips;
        if (to_planes) {
            a.planes = planes.data();
            a.plane_weights = plane_weights.data();
            a.plane_bias = bias.data();
            a.plane_count = 3;
        }
        a.out_width = a.width / stride;
        a.out_height = a.height / stride;
        a.size = size;
        a.stride = stride;
        a.dilation = 1;
        a.top = a.left = size / 2 + (blur ? 1 : 0);
        a.reflect = true;
        a.blur = blur;
        a.maximum = std::numeric_limits<float>::infinity();
        const int64_t pixels = a.out_width * a.out_height;
        print(name, a, bf16_convolution<Vector, Engine>, 2 * a.width * a.height * inputs,
              to_planes ? 12 * pixels : 2 * pixels * outputs);
    }

    void upsampling(const char* name, int64_t down, int64_t inputs, int64_t outputs) {
        Bf16Upsampling a = layer<Bf16Upsampling>(down, inputs, outputs);
        a.noise = noise.data();
        a.taps[0] = a.taps[3] = 0.25f;
        a.taps[1] = a.taps[2] = 0.75f;
        print(name, a, bf16_upsampling<Vector, Engine>, 2 * a.width * a.height * inputs,
              8 * a.width * a.height * outputs);
    }
};

}  // namespace
}  // namespace edgesim

int main(int argc, char** argv) {
    using namespace edgesim;
    if (!supported(Bf16Level::avx2)) {
        std::printf("this processor has no AVX2\n");
        return 0;
    }
    const int64_t width = argc > 2 ? std::atoll(argv[1]) : 512, height = argc > 2 ? std::atoll(argv[2]) : 256;
    if (width < 64 || height < 64 || width % 8 != 0 || height % 8 != 0 || width * height > 1 << 24) {
        std::printf("WIDTH and HEIGHT are multiples of 8, at least 64\n");
        return 2;
    }
    Bench bench(width, height);
    std::printf("Layers of preset edge at %lldx%lld but for their products, AVX2, one thread, ms:\n\n",
                static_cast<long long>(width), static_cast<long long>(height));
    std::printf("| layer | around the products | copying its maps | times |\n|---|---|---|---|\n");
    bench.convolution("encoder 1, 16 to 16", 1, 16, 16, 3, 1, false, Skip::none);
    bench.convolution("encoder 1, 16 to 32, blur, stride 2", 1, 16, 32, 3, 2, true, Skip::full);
    bench.convolution("encoder 1, its skip", 1, 16, 32, 1, 2, true, Skip::none);
    bench.convolution("encoder 2, 32 to 32", 2, 32, 32, 3, 1, false, Skip::none);
    bench.convolution("encoder 2, 32 to 64, blur, stride 2", 2, 32, 64, 3, 2, true, Skip::full);
    bench.convolution("encoder 2, its skip", 2, 32, 64, 1, 2, true, Skip::none);
    bench.convolution("encoder 4, 64 to 64", 4, 64, 64, 3, 1, false, Skip::none);
    bench.convolution("encoder 4, 64 to 128, blur, stride 2", 4, 64, 128, 3, 2, true, Skip::full);
    bench.convolution("encoder 4, its skip", 4, 64, 128, 1, 2, true, Skip::none);
    bench.convolution("generator 8, 128 to 128", 8, 128, 128, 3, 1, false, Skip::full);
    bench.upsampling("generator 4, up, 128 to 128", 8, 128, 128);
    bench.convolution("generator 4, 128 to 128", 4, 128, 128, 3, 1, false, Skip::half);
    bench.upsampling("generator 2, up, 128 to 64", 4, 128, 64);
    bench.convolution("generator 2, its skip", 4, 128, 64, 1, 1, false, Skip::none);
    bench.convolution("generator 2, 64 to 64", 2, 64, 64, 3, 1, false, Skip::half);
    bench.upsampling("generator 1, up, 64 to 32", 2, 64, 32);
    bench.convolution("generator 1, its skip", 2, 64, 32, 1, 1, false, Skip::none);
    bench.convolution("generator 1, 32 to 32, to the picture", 1, 32, 32, 3, 1, false, Skip::half, true);
    std::printf("| together | %.3f | %.3f | %.1f |\n", bench.around, bench.copied, bench.around / bench.copied);
    return 0;
}
