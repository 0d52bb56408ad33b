#include "plan.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>

#include "entries.h"

namespace edgesim::cuda {

namespace {

enum Number : int {
#define EDGESIM_NUMBER(T, type, pack, taps, down) fir_##type##_v##pack##_t##taps##_d##down,
    EDGESIM_FIR_ENTRIES(EDGESIM_NUMBER)
#undef EDGESIM_NUMBER
#define EDGESIM_NUMBER(T, type) fir_any_##type,
        EDGESIM_FIR_ANY_ENTRIES(EDGESIM_NUMBER)
#undef EDGESIM_NUMBER
#define EDGESIM_NUMBER(T, type, pack) tail_##type##_v##pack,
            EDGESIM_TAIL_ENTRIES(EDGESIM_NUMBER)
#undef EDGESIM_NUMBER
                colours,
    numbers,
};

// A group of threads: as wide as rows need it (whole warps), the rest goes to more rows.
constexpr int64_t threads = 256, warp = 32;
// Grids have no more in y and z.
constexpr int64_t grid_limit = 65535;
// Threads below which a GPU has idle units; then each does fewer rows of the filter, for more of them.
constexpr int64_t busy = 1 << 17;

int64_t over(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

// Sizes in a plane are ints in the kernels; planes lie 64 bits apart.
int narrow(int64_t value) {
    if (value > std::numeric_limits<int>::max()) {
        throw std::invalid_argument("edgesim: a picture of " + std::to_string(value) + " values is too large.");
    }
    return static_cast<int>(value);
}

int64_t depth_of(const Map& map) {
    return map.channels_last ? map.channels : 1;
}

int64_t planes_of(const Map& map) {
    return map.channels_last ? map.batch : map.batch * map.channels;
}

// Values that a thread takes side by side: 16 bytes where pixels consist of whole such packs.
int pack_of(Element element, const Map& map, std::initializer_list<const void*> tensors) {
    const int pack = element == Element::f32 ? 4 : 8;
    bool aligned = depth_of(map) % pack == 0;
    for (const void* tensor : tensors) {
        aligned = aligned && reinterpret_cast<uintptr_t>(tensor) % 16 == 0;
    }
    return aligned ? pack : 1;
}

// A grid of `items` by `rows` by `planes` threads; kernels go on to further planes by themselves.
void lay_out(Plan& plan, int64_t items, int64_t rows, int64_t planes) {
    const int64_t width = std::min(threads, over(items, warp) * warp), height = threads / width;
    if (over(rows, height) > grid_limit) {
        throw std::invalid_argument("edgesim: a picture of " + std::to_string(rows) + " rows is too high.");
    }
    plan.block = {static_cast<unsigned>(width), static_cast<unsigned>(height), 1};
    plan.grid = {static_cast<unsigned>(over(items, width)), static_cast<unsigned>(over(rows, height)),
                 static_cast<unsigned>(std::min(planes, grid_limit))};
}

int fir_entry(Element element, int pack, const Filter& filter) {
#define EDGESIM_MATCH(T, type, p, t, d)                                                                           \
    if (element == Element::type && pack == p && filter.taps.size() == t && filter.up == 1 && filter.down == d) { \
        return fir_##type##_v##p##_t##t##_d##d;                                                                   \
    }
    EDGESIM_FIR_ENTRIES(EDGESIM_MATCH)
#undef EDGESIM_MATCH
    return element == Element::f32 ? fir_any_f32 : fir_any_f16;
}

int tail_entry(Element element, int pack) {
    if (element == Element::f32) {
        return pack == 1 ? tail_f32_v1 : tail_f32_v4;
    }
    return pack == 1 ? tail_f16_v1 : tail_f16_v8;
}

}  // namespace

const char* const entry_names[] = {
#define EDGESIM_NAME(T, type, pack, taps, down) "edgesim_fir_" #type "_v" #pack "_t" #taps "_d" #down,
    EDGESIM_FIR_ENTRIES(EDGESIM_NAME)
#undef EDGESIM_NAME
#define EDGESIM_NAME(T, type) "edgesim_fir_any_" #type,
        EDGESIM_FIR_ANY_ENTRIES(EDGESIM_NAME)
#undef EDGESIM_NAME
#define EDGESIM_NAME(T, type, pack) "edgesim_tail_" #type "_v" #pack,
            EDGESIM_TAIL_ENTRIES(EDGESIM_NAME)
#undef EDGESIM_NAME
                "edgesim_colours",
};
const int entry_count = numbers;

void Filter::check() const {
    const bool good = !taps.empty() && taps.size() <= max_taps && up >= 1 && down >= 1 && top >= 0 && left >= 0 &&
                      bottom >= 0 && right >= 0;
    if (!good) {
        throw std::invalid_argument("the filter needs 1 to " + std::to_string(max_taps) +
                                    " taps, steps of at least 1 and pads that are not negative");
    }
    if (reflect && up != 1) {
        throw std::invalid_argument("pads can only be mirrored where 'up' is 1");
    }
}

int64_t Filter::output(int64_t size, int64_t before, int64_t after) const {
    if (reflect && std::max(before, after) >= size) {
        throw std::invalid_argument("an axis of " + std::to_string(size) + " pixels is too short to be mirrored");
    }
    const int64_t padded = size * up + before + after, count = static_cast<int64_t>(taps.size());
    if (padded < count) {
        throw std::invalid_argument("an axis of " + std::to_string(padded) +
                                    " pixels, pads included, is too short for " + std::to_string(count) + " taps");
    }
    return (padded - count) / down + 1;
}

Plan plan_fir(Element element, const Map& map, const Filter& filter, float slope, const Tensors& tensors) {
    const int64_t height = filter.output(map.height, filter.top, filter.bottom),
                  width = filter.output(map.width, filter.left, filter.right), depth = depth_of(map),
                  planes = planes_of(map);
    Plan plan;
    FirArguments& a = plan.fir;
    a.input = tensors.input;
    a.bias = tensors.bias;
    a.noise = tensors.noise;
    a.output = tensors.output;
    a.input_plane = narrow(map.height * map.width * depth);
    a.output_plane = narrow(height * width * depth);
    a.planes = narrow(planes);
    a.plane_channels = map.channels_last ? 1 : narrow(map.channels);
    a.depth = narrow(depth);
    a.height = narrow(map.height);
    a.width = narrow(map.width);
    a.out_height = narrow(height);
    a.out_width = narrow(width);
    a.up = narrow(filter.up);
    a.down = narrow(filter.down);
    a.top = narrow(filter.top);
    a.left = narrow(filter.left);
    narrow(map.height * filter.up + filter.top + filter.bottom + filter.down);
    narrow(map.width * filter.up + filter.left + filter.right + filter.down);
    a.reflect = filter.reflect;
    a.count = static_cast<int>(filter.taps.size());
    a.slope = slope;
    std::copy(filter.taps.begin(), filter.taps.end(), a.taps);

    int pack = pack_of(element, map, {tensors.input, tensors.bias, tensors.output});
    plan.entry = fir_entry(element, pack, filter);
    int64_t rows = 8;
    if (plan.entry == fir_any_f32 || plan.entry == fir_any_f16) {
        pack = 1;
        rows = 1;
    }
    const int64_t items = width * depth / pack;
    while (rows > 1 && items * over(height, rows) * planes < busy) {
        rows /= 2;
    }
    a.rows = static_cast<int>(rows);
    lay_out(plan, items, over(height, rows), planes);
    return plan;
}

Plan plan_tail(Element element, const Map& map, bool enlarge, float slope, const Tensors& tensors) {
    const int64_t depth = depth_of(map), planes = planes_of(map);
    Plan plan;
    TailArguments& a = plan.tail;
    a = {};
    a.input = tensors.input;
    a.bias = tensors.bias;
    a.noise = tensors.noise;
    a.skip = tensors.skip;
    a.output = tensors.output;
    a.plane = narrow(map.height * map.width * depth);
    a.skip_plane = enlarge ? a.plane / 4 : a.plane;
    a.planes = narrow(planes);
    a.plane_channels = map.channels_last ? 1 : narrow(map.channels);
    a.depth = narrow(depth);
    a.height = narrow(map.height);
    a.width = narrow(map.width);
    a.enlarge = enlarge;
    a.slope = slope;
    const int pack = pack_of(element, map, {tensors.input, tensors.bias, tensors.skip, tensors.output});
    plan.entry = tail_entry(element, pack);
    lay_out(plan, map.width * depth / pack, map.height, planes);
    return plan;
}

Plan plan_colours(int64_t images, int64_t height, int64_t width, int64_t cell_height, int64_t cell_width,
                  const float* coefficients, const float* picture, const float* residual, float* output) {
    if (height % cell_height != 0 || width % cell_width != 0) {
        throw std::invalid_argument("a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                                    " pixels can't be divided evenly into " + std::to_string(cell_width) + "x" +
                                    std::to_string(cell_height) + " cells");
    }
    Plan plan;
    ColourArguments& a = plan.colour;
    a = {};
    a.coefficients = coefficients;
    a.picture = picture;
    a.residual = residual;
    a.output = output;
    // Places are counted in halves of a pixel.
    narrow(2 * height);
    narrow(2 * width);
    a.images = narrow(images);
    a.height = narrow(height);
    a.width = narrow(width);
    a.cell_height = narrow(cell_height);
    a.cell_width = narrow(cell_width);
    a.down = narrow(height / cell_height);
    a.across = narrow(width / cell_width);
    plan.entry = colours;
    lay_out(plan, width, height, images);
    return plan;
}

}  // namespace edgesim::cuda
