#include "library.h"

#include <cpuid.h>
#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

#include "dispatch.h"

namespace edgesim {

namespace {

const char* wanted() {
    return std::getenv("EDGESIM_ONEDNN");
}

std::atomic<LibraryUse>& use() {
    static std::atomic<LibraryUse> value{wanted() != nullptr ? LibraryUse::always : LibraryUse::where_faster};
    return value;
}

// Whether CPUID has a first cache: Intel's leaf 4, AMD's 8000001Dh. EDGESIM_SELF_CHECK, the test switch of the trainer's
// self-check, hides them.
bool caches_are_visible() {
    if (std::getenv("EDGESIM_SELF_CHECK") != nullptr) {
        return false;
    }
    constexpr unsigned type = 0x1F;
    unsigned a = 0, b = 0, c = 0, d = 0;
    for (const unsigned leaf : {4U, 0x8000001DU}) {
        if (__get_cpuid_count(leaf, 0, &a, &b, &c, &d) != 0 && (a & type) != 0) {
            return true;
        }
    }
    return false;
}

struct Loaded {
    ConvolutionLibrary library{};
    bool is_whole = false;
    std::string name;
};

Loaded load() {
    Loaded loaded;
    ConvolutionLibrary& library = loaded.library;
    const auto none = [&loaded](const std::string& why) {
        loaded.name = "none (" + why + ")";
        return loaded;
    };
    std::string path;
    if (const char* given = wanted()) {
        path = given;
    } else {
        Dl_info self;
        if (dladdr(reinterpret_cast<const void*>(&convolution_library), &self) == 0 || self.dli_fname == nullptr) {
            return none("the operators' own folder is unknown");
        }
        if (!caches_are_visible()) {
            return none("this processor hides its caches, and oneDNN's results can't be relied on");
        }
        path = self.dli_fname;
        const size_t slash = path.rfind('/');
        path = (slash == std::string::npos ? "" : path.substr(0, slash + 1)) + "libedgesim_onednn.so";
    }
    if (path == "0") {
        return none("EDGESIM_ONEDNN is 0");
    }
    // Never closed: primitives live as long as sessions do.
    void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        return none("libedgesim_onednn.so is not built, or does not load");
    }
    library.make = reinterpret_cast<edgesim_make_band*>(dlsym(handle, "edgesim_onednn_make"));
    library.run = reinterpret_cast<edgesim_run_band*>(dlsym(handle, "edgesim_onednn_run"));
    library.free = reinterpret_cast<edgesim_free_band*>(dlsym(handle, "edgesim_onednn_free"));
    if (library.make == nullptr || library.run == nullptr || library.free == nullptr) {
        return none(path + " is no such library");
    }
    const auto name = reinterpret_cast<edgesim_library_name*>(dlsym(handle, "edgesim_onednn_name"));
    loaded.name = name != nullptr ? name() : "oneDNN";
    loaded.is_whole = true;
    return loaded;
}

const Loaded& loaded() {
    static const Loaded value = load();
    return value;
}

}  // namespace

const ConvolutionLibrary* convolution_library() {
    return loaded().is_whole ? &loaded().library : nullptr;
}

LibraryUse library_use() {
    return convolution_library() == nullptr ? LibraryUse::never : use().load(std::memory_order_relaxed);
}

Bands::Bands(const ConvolutionLibrary& library, Bf16Convolution& convolution, const float* weights)
    : library_(library) {
    Bf16Convolution c = convolution;
    c.library = &library;
    const int64_t last_rows = c.out_height - (c.blocks_down() - 1) * c.rows();
    const int64_t last_columns = c.out_width - (c.tiles_across() - 1) * c.columns();
    edgesim_band band{};
    band.channels = c.channels();
    band.inputs = c.inputs;
    band.outputs = c.outputs;
    band.size = c.size;
    band.stride = c.step();
    band.dilation = c.dilation;
    band.numbers = c.element_bytes == 2 ? 1 : 0;
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            // Only those that there are: the last rows and columns may be as many as all others.
            const int64_t rows = i == 0 ? c.rows() : last_rows, columns = j == 0 ? c.columns() : last_columns;
            if ((i == 1 && rows == c.rows()) || (j == 1 && columns == c.columns())) {
                continue;
            }
            band.rows = rows;
            band.columns = columns;
            int64_t bytes = 0;
            bands_[i][j] = library.make(&band, weights, &bytes);
            if (bands_[i][j] == nullptr) {
                return;
            }
            c.bands[i][j] = bands_[i][j];
            c.band_scratch = std::max(c.band_scratch, bytes);
        }
    }
    convolution = c;
}

Bands::~Bands() {
    for (auto& row : bands_) {
        for (void* primitive : row) {
            if (primitive != nullptr) {
                library_.free(primitive);
            }
        }
    }
}

}  // namespace edgesim

const char* edgesim_bf16_library() {
    return edgesim::loaded().name.c_str();
}

int edgesim_bf16_use_library(int use) {
    using namespace edgesim;
    if (use < 0 || use > static_cast<int>(LibraryUse::always) || convolution_library() == nullptr) {
        return 0;
    }
    edgesim::use().store(static_cast<LibraryUse>(use), std::memory_order_relaxed);
    return 1;
}
