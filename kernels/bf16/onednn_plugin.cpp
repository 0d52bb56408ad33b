// libedgesim_onednn.so: convolutions of bands by oneDNN, 2.x or 3.x.
#include <dnnl.hpp>
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
#include <omp.h>
#endif

#include <memory>
#include <string>
#include <vector>

#include "library.h"

namespace {

using dnnl::memory;

const dnnl::engine& cpu() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

// The threads are ONNX Runtime's: a call of oneDNN stays on the thread that makes it, so that no second pool fights for
// the cores. The setting is the calling thread's own.
class OneThread {
  public:
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
    OneThread() : before_(omp_get_max_threads()) {
        omp_set_num_threads(1);
    }
    ~OneThread() {
        omp_set_num_threads(before_);
    }

  private:
    int before_;
#else
    OneThread() {}
#endif
  public:
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;
};

struct Primitive {
    dnnl::convolution_forward::primitive_desc description;
    dnnl::convolution_forward forward;
    memory weights;
};

dnnl::convolution_forward::primitive_desc describe(const edgesim_band& band, const memory::desc& x,
                                                   const memory::desc& w, const memory::desc& y) {
    dnnl::primitive_attr attributes;
    // Memory of the caller's, since the library's own is not for several threads at once.
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const memory::dims strides{band.stride, band.stride}, dilations{band.dilation - 1, band.dilation - 1}, none{0, 0};
    const auto kind = dnnl::prop_kind::forward_inference;
    const auto algorithm = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
    return dnnl::convolution_forward::primitive_desc(cpu(), kind, algorithm, x, w, y, strides, dilations, none, none,
                                                     attributes);
#else
    const dnnl::convolution_forward::desc description(kind, algorithm, x, w, y, strides, dilations, none, none);
    return dnnl::convolution_forward::primitive_desc(description, attributes, cpu());
#endif
}

std::unique_ptr<Primitive> make(const edgesim_band& band, const float* weights, int64_t& scratch_bytes) {
    const auto type = band.numbers != 0 ? memory::data_type::bf16 : memory::data_type::f32;
    const int64_t reach = (band.size - 1) * band.dilation + 1;
    const memory::dims in{1, band.channels, (band.rows - 1) * band.stride + reach,
                          (band.columns - 1) * band.stride + reach};
    const memory::dims taps{band.outputs, band.channels, band.size, band.size};
    const memory::dims out{1, band.outputs, band.rows, band.columns};
    auto description = describe(band, {in, type, memory::format_tag::nhwc}, {taps, type, memory::format_tag::any},
                                {out, memory::data_type::f32, memory::format_tag::nhwc});
    // The library's own plain loops are slower than ours.
    if (std::string(description.impl_info_str()).find("ref") != std::string::npos) {
        return nullptr;
    }
    const int64_t tap_count = band.size * band.size;
    std::vector<float> padded(static_cast<size_t>(band.outputs * band.channels * tap_count));
    for (int64_t o = 0; o < band.outputs; o++) {
        for (int64_t i = 0; i < band.inputs * tap_count; i++) {
            padded[static_cast<size_t>(o * band.channels * tap_count + i)] = weights[o * band.inputs * tap_count + i];
        }
    }
    memory plain({taps, memory::data_type::f32, memory::format_tag::oihw}, cpu(), padded.data());
    memory packed(description.weights_desc(), cpu());
    dnnl::stream stream(cpu());
    dnnl::reorder(plain, packed).execute(stream, plain, packed);
    stream.wait();
    scratch_bytes = static_cast<int64_t>(description.scratchpad_desc().get_size());
    return std::make_unique<Primitive>(Primitive{description, dnnl::convolution_forward(description), packed});
}

}  // namespace

#define EDGESIM_EXPORT extern "C" __attribute__((visibility("default")))

EDGESIM_EXPORT void* edgesim_onednn_make(const edgesim_band* band, const float* weights, int64_t* scratch_bytes) try {
    const OneThread one;
    return make(*band, weights, *scratch_bytes).release();
} catch (const std::exception&) {
    // oneDNN has nothing for this processor or shape.
    return nullptr;
}

EDGESIM_EXPORT int edgesim_onednn_run(void* primitive, const void* x, float* y, void* scratch) try {
    const OneThread one;
    const Primitive& p = *static_cast<const Primitive*>(primitive);
    dnnl::stream stream(cpu());
    p.forward.execute(stream, {{DNNL_ARG_SRC, memory(p.description.src_desc(), cpu(), const_cast<void*>(x))},
                               {DNNL_ARG_WEIGHTS, p.weights},
                               {DNNL_ARG_DST, memory(p.description.dst_desc(), cpu(), y)},
                               {DNNL_ARG_SCRATCHPAD, memory(p.description.scratchpad_desc(), cpu(), scratch)}});
    stream.wait();
    return 1;
} catch (const std::exception&) {
    return 0;
}

EDGESIM_EXPORT const char* edgesim_onednn_name() {
    static const std::string name = [] {
        // Of the library that is loaded, which may be newer than the headers.
        const dnnl_version_t& version = *dnnl_version();
        return "oneDNN " + std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
               std::to_string(version.patch);
    }();
    return name.c_str();
}

EDGESIM_EXPORT void edgesim_onednn_free(void* primitive) {
    delete static_cast<Primitive*>(primitive);
}
