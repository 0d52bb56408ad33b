// The GPU's native operators; see arguments.h for what they compute. They are bound by memory: every value is read from
// it once and written once, what is needed again comes from the first-level cache or from registers. No thread needs
// another, so that the CPU twin can run them in any order.
#include "arguments.h"
#include "device.h"
#include "entries.h"

namespace edgesim::cuda {
namespace {

// A thread's place: `item` counts packs along a row, `pixel` and `channel` say where that is.
template <int pack>
struct Place {
    int pixel, channel;
    bool inside;

    __device__ Place(int width, int depth) {
        const int item = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x), packs = depth / pack;
        pixel = item / packs;
        channel = (item - pixel * packs) * pack;
        inside = pixel < width;
    }
};

__device__ inline int row_of_thread() {
    return static_cast<int>(blockIdx.y * blockDim.y + threadIdx.y);
}

__device__ inline float leaky(float value, float slope) {
    return value >= 0 ? value : slope * value;
}

// Index of a filter's tap on one axis, mirrored where asked for; `inside` is false where the value is zero.
struct Tap {
    int at;
    bool inside;

    __device__ Tap(int position, int size, int reflect) : at(position) {
        if (reflect) {
            at = at < 0 ? -at : at;
            at = at >= size ? 2 * (size - 1) - at : at;
        }
        inside = at >= 0 && at < size;
    }
};

// [channel .. channel + pack) of the bias for this plane.
template <class T, int pack>
__device__ void load_bias(const void* bias, int plane, int plane_channels, int channel, float (&values)[pack]) {
    if (bias == nullptr) {
        EDGESIM_UNROLL
        for (int v = 0; v < pack; v++) {
            values[v] = 0;
        }
    } else {
        load(static_cast<const T*>(bias) + plane % plane_channels + channel, values);
    }
}

template <class T>
__device__ float load_noise(const void* noise, int at) {
    return noise == nullptr ? 0 : load_as_float(static_cast<const T*>(noise)[at]);
}

// A thread goes down `rows` output rows of one pack and keeps the last `taps` rows, filtered across, in registers.
template <class T, int pack, int taps, int down>
__device__ void fir(const FirArguments& a) {
    static_assert(taps >= down, "rows would be skipped");
    const Place<pack> place(a.out_width, a.depth);
    const int first = row_of_thread() * a.rows;
    const int last = first + a.rows < a.out_height ? first + a.rows : a.out_height;
    if (!place.inside || first >= last) {
        return;
    }
    int offset[taps];
    bool inside[taps];
    EDGESIM_UNROLL
    for (int l = 0; l < taps; l++) {
        const Tap tap(place.pixel * down + l - a.left, a.width, a.reflect);
        offset[l] = tap.at * a.depth + place.channel;
        inside[l] = tap.inside;
    }

    for (int plane = static_cast<int>(blockIdx.z); plane < a.planes; plane += static_cast<int>(gridDim.z)) {
        const T* input = static_cast<const T*>(a.input) + plane * a.input_plane;
        T* output = static_cast<T*>(a.output) + plane * a.output_plane;
        float bias[pack], row[taps][pack] = {};
        load_bias<T>(a.bias, plane, a.plane_channels, place.channel, bias);

        auto filter_across = [&](int position, float(&sum)[pack]) {
            EDGESIM_UNROLL
            for (int v = 0; v < pack; v++) {
                sum[v] = 0;
            }
            const Tap tap(position, a.height, a.reflect);
            if (!tap.inside) {
                return;
            }
            const T* source = input + static_cast<long long>(tap.at) * a.width * a.depth;
            EDGESIM_UNROLL
            for (int l = 0; l < taps; l++) {
                if (inside[l]) {
                    float values[pack];
                    load(source + offset[l], values);
                    EDGESIM_UNROLL
                    for (int v = 0; v < pack; v++) {
                        sum[v] += a.taps[l] * values[v];
                    }
                }
            }
        };

        EDGESIM_UNROLL
        for (int k = 0; k < taps - down; k++) {
            filter_across(first * down + k - a.top, row[k + down]);
        }
        for (int y = first; y < last; y++) {
            EDGESIM_UNROLL
            for (int k = 0; k < taps - down; k++) {
                EDGESIM_UNROLL
                for (int v = 0; v < pack; v++) {
                    row[k][v] = row[k + down][v];
                }
            }
            EDGESIM_UNROLL
            for (int k = taps - down; k < taps; k++) {
                filter_across(y * down + k - a.top, row[k]);
            }
            const float noise = load_noise<T>(a.noise, y * a.out_width + place.pixel);
            float result[pack];
            EDGESIM_UNROLL
            for (int v = 0; v < pack; v++) {
                float sum = noise + bias[v];
                EDGESIM_UNROLL
                for (int k = 0; k < taps; k++) {
                    sum += a.taps[k] * row[k][v];
                }
                result[v] = leaky(sum, a.slope);
            }
            store(result, output + (static_cast<long long>(y) * a.out_width + place.pixel) * a.depth + place.channel);
        }
    }
}

// Any filter and steps, one value a thread.
template <class T>
__device__ void fir_any(const FirArguments& a) {
    const Place<1> place(a.out_width, a.depth);
    const int y = row_of_thread();
    if (!place.inside || y >= a.out_height) {
        return;
    }
    for (int plane = static_cast<int>(blockIdx.z); plane < a.planes; plane += static_cast<int>(gridDim.z)) {
        const T* input = static_cast<const T*>(a.input) + plane * a.input_plane;
        float bias[1];
        load_bias<T>(a.bias, plane, a.plane_channels, place.channel, bias);
        float sum = load_noise<T>(a.noise, y * a.out_width + place.pixel) + bias[0];
        for (int k = 0; k < a.count; k++) {
            const int m = y * a.down + k - a.top;
            const Tap down(m / a.up, a.height, a.reflect);
            // -1 / 2 is 0, hence the sign first.
            if ((m < 0 && !a.reflect) || m % a.up != 0 || !down.inside) {
                continue;
            }
            float across = 0;
            for (int l = 0; l < a.count; l++) {
                const int n = place.pixel * a.down + l - a.left;
                const Tap right(n / a.up, a.width, a.reflect);
                if ((n >= 0 || a.reflect) && n % a.up == 0 && right.inside) {
                    const long long at =
                        (static_cast<long long>(down.at) * a.width + right.at) * a.depth + place.channel;
                    across += a.taps[l] * load_as_float(input[at]);
                }
            }
            sum += a.taps[k] * across;
        }
        T* output = static_cast<T*>(a.output) + plane * a.output_plane;
        store_from_float(leaky(sum, a.slope),
                         output[(static_cast<long long>(y) * a.out_width + place.pixel) * a.depth + place.channel]);
    }
}

// One axis of a bilinear enlargement by 2 with half-pixel centres: position i takes 3/4 of its own pixel and 1/4 of the
// neighbour on its side, the edge's being the edge itself.
struct Neighbours {
    int near, far;

    __device__ Neighbours(int i, int size) : near(i / 2), far(near + (i % 2 == 0 ? -1 : 1)) {
        far = far < 0 ? 0 : far >= size ? size - 1 : far;
    }
};

template <class T, int pack>
__device__ void add_enlarged(const TailArguments& a, const T* skip, int y, int pixel, int channel,
                             float (&values)[pack]) {
    const int width = a.width / 2;
    const Neighbours rows(y, a.height / 2), columns(pixel, width);
    float sums[2][pack];
    EDGESIM_UNROLL
    for (int r = 0; r < 2; r++) {
        const T* row = skip + static_cast<long long>(r == 0 ? rows.near : rows.far) * width * a.depth + channel;
        float near[pack], far[pack];
        load(row + columns.near * a.depth, near);
        load(row + columns.far * a.depth, far);
        EDGESIM_UNROLL
        for (int v = 0; v < pack; v++) {
            sums[r][v] = 0.75f * near[v] + 0.25f * far[v];
        }
    }
    EDGESIM_UNROLL
    for (int v = 0; v < pack; v++) {
        values[v] += 0.75f * sums[0][v] + 0.25f * sums[1][v];
    }
}

template <class T, int pack>
__device__ void tail(const TailArguments& a) {
    const Place<pack> place(a.width, a.depth);
    const int y = row_of_thread();
    if (!place.inside || y >= a.height) {
        return;
    }
    const long long at = (static_cast<long long>(y) * a.width + place.pixel) * a.depth + place.channel;
    for (int plane = static_cast<int>(blockIdx.z); plane < a.planes; plane += static_cast<int>(gridDim.z)) {
        float values[pack], bias[pack];
        load(static_cast<const T*>(a.input) + plane * a.plane + at, values);
        load_bias<T>(a.bias, plane, a.plane_channels, place.channel, bias);
        const float noise = load_noise<T>(a.noise, y * a.width + place.pixel);
        EDGESIM_UNROLL
        for (int v = 0; v < pack; v++) {
            values[v] = leaky(values[v] + noise + bias[v], a.slope);
        }
        if (a.skip != nullptr) {
            const T* skip = static_cast<const T*>(a.skip) + plane * a.skip_plane;
            if (a.enlarge) {
                add_enlarged(a, skip, y, place.pixel, place.channel, values);
            } else {
                float full[pack];
                load(skip + at, full);
                EDGESIM_UNROLL
                for (int v = 0; v < pack; v++) {
                    values[v] += full[v];
                }
            }
        }
        store(values, static_cast<T*>(a.output) + plane * a.plane + at);
    }
}

// The position of a pixel among cells: between two of them, with a share of the second.
struct CellPlace {
    int low, high;
    float share;

    __device__ CellPlace(int i, int factor, int cells) {
        // In halves of a pixel from the first cell's centre.
        const int twice = 2 * i + 1 - factor, length = 2 * factor, last = length * (cells - 1);
        const int at = twice < 0 ? 0 : twice > last ? last : twice;
        low = at / length;
        high = low + 1 < cells ? low + 1 : cells - 1;
        share = static_cast<float>(at - length * low) / static_cast<float>(length);
    }
};

// A pixel's three values a thread.
__device__ inline void colours(const ColourArguments& a) {
    const Place<1> place(a.width, 1);
    const int y = row_of_thread();
    if (!place.inside || y >= a.height) {
        return;
    }
    const CellPlace rows(y, a.down, a.cell_height), columns(place.pixel, a.across, a.cell_width);
    const long long plane = static_cast<long long>(a.height) * a.width;
    const long long cells = static_cast<long long>(a.cell_height) * a.cell_width;
    const long long upper = static_cast<long long>(rows.low) * a.cell_width,
                    lower = static_cast<long long>(rows.high) * a.cell_width;
    const long long at = static_cast<long long>(y) * a.width + place.pixel;
    for (int image = static_cast<int>(blockIdx.z); image < a.images; image += static_cast<int>(gridDim.z)) {
        const float* picture = a.picture + 3 * image * plane + at;
        EDGESIM_UNROLL
        for (int c = 0; c < 3; c++) {
            float sum = a.residual[(3 * image + c) * plane + at];
            EDGESIM_UNROLL
            for (int k = 0; k < 4; k++) {
                const float* own = a.coefficients + (12 * image + 4 * c + k) * cells;
                const float above =
                    own[upper + columns.low] + columns.share * (own[upper + columns.high] - own[upper + columns.low]);
                const float below =
                    own[lower + columns.low] + columns.share * (own[lower + columns.high] - own[lower + columns.low]);
                const float coefficient = above + rows.share * (below - above);
                sum += k < 3 ? coefficient * picture[k * plane] : coefficient;
            }
            a.output[(3 * image + c) * plane + at] = sum;
        }
    }
}

}  // namespace

extern "C" __global__ void edgesim_colours(const ColourArguments a) {
    colours(a);
}

#define EDGESIM_DEFINE(T, type, pack, taps, down)                                                       \
    extern "C" __global__ void edgesim_fir_##type##_v##pack##_t##taps##_d##down(const FirArguments a) { \
        fir<T, pack, taps, down>(a);                                                                    \
    }
EDGESIM_FIR_ENTRIES(EDGESIM_DEFINE)
#undef EDGESIM_DEFINE

#define EDGESIM_DEFINE(T, type)                                               \
    extern "C" __global__ void edgesim_fir_any_##type(const FirArguments a) { \
        fir_any<T>(a);                                                        \
    }
EDGESIM_FIR_ANY_ENTRIES(EDGESIM_DEFINE)
#undef EDGESIM_DEFINE

#define EDGESIM_DEFINE(T, type, pack)                                                 \
    extern "C" __global__ void edgesim_tail_##type##_v##pack(const TailArguments a) { \
        tail<T, pack>(a);                                                             \
    }
EDGESIM_TAIL_ENTRIES(EDGESIM_DEFINE)
#undef EDGESIM_DEFINE

}  // namespace edgesim::cuda
