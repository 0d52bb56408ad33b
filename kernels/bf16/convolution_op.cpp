#include "convolution_op.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace edgesim {

namespace {

[[noreturn]] void refuse(const char* op, const std::string& reason) {
    throw Ort::Exception(std::string("edgesim.") + op + ": " + reason, ORT_INVALID_ARGUMENT);
}

struct Pads {
    int64_t top, left, bottom, right;

    explicit Pads(const std::vector<int64_t>& values)
        : top(values[0]), left(values[1]), bottom(values[2]), right(values[3]) {}
};

Skip skip_size(const char* op, const NumberInput& skip, const std::vector<int64_t>& map) {
    if (!skip) {
        return Skip::none;
    }
    if (skip.shape == map) {
        return Skip::full;
    }
    if (map[1] % 2 == 0 && map[2] % 2 == 0 &&
        skip.shape == std::vector<int64_t>{map[0], map[1] / 2, map[2] / 2, map[3]}) {
        return Skip::half;
    }
    refuse(op, "input 'skip' has neither the output's height and width nor half of them.");
}

}  // namespace

int64_t Bf16ConvolutionKernel::output_size(int64_t input, int64_t before, int64_t after, int64_t size, int64_t stride,
                                           int64_t dilation, bool blur) {
    const int64_t left = input + before + after - (size - 1) * dilation - 1 - (blur ? 2 : 0);
    return left < 0 ? 0 : left / stride + 1;
}

Bf16ConvolutionKernel::Bf16ConvolutionKernel(const OrtKernelInfo* info, const char* op, bool planes)
    : op_(op), kernels_(bf16_kernels(current_bf16_level())) {
    const TensorInput weight = read_constant(info, op, "weight", 1), bias = read_constant(info, op, "bias", 2);
    require_map(op, "weight", weight);
    Bf16Convolution& c = convolution_;
    c.outputs = weight.shape[0];
    c.inputs = weight.shape[1];
    c.size = weight.shape[2];
    require_shape(op, "weight", weight, {c.outputs, c.inputs, c.size, c.size});
    const std::vector<int64_t> pads = attribute_or(info, "pads", std::vector<int64_t>{0, 0, 0, 0});
    c.stride = attribute_or(info, "stride", int64_t{1});
    c.dilation = attribute_or(info, "dilation", int64_t{1});
    bool negative = pads.size() != 4;
    for (int64_t pad : pads) {
        negative = negative || pad < 0;
    }
    if (c.size % 2 == 0 || c.size * c.size > Bf16Convolution::most_taps || negative || c.stride < 1 || c.dilation < 1) {
        refuse(
            op,
            "the kernel's size must be odd and at most 7, stride and dilation positive, pads four and not negative.");
    }
    const Pads sides(pads);
    c.top = sides.top;
    c.left = sides.left;
    bottom_ = sides.bottom;
    right_ = sides.right;
    c.reflect = attribute_or(info, "reflect", int64_t{0}) != 0;
    c.blur = attribute_or(info, "blur", int64_t{0}) != 0;
    c.skip_first = attribute_or(info, "skip_first", int64_t{0}) != 0;
    c.slope = attribute_or(info, "slope", 1.0f);
    c.maximum = attribute_or(info, "maximum", std::numeric_limits<float>::infinity());
    c.element_bytes = kernels_.element_bytes();
    if (bias) {
        require_shape(op, "bias", bias, {c.outputs});
    }
    bias_ = padded_values(bias, c.outputs);
    weights_ = pack_convolution(kernels_.elements, weight.values, c.outputs, c.inputs, c.size);
    c.weights = weights_.data();
    if (library_takes_part(current_bf16_level(), c.inputs, c.outputs)) {
        library_ = convolution_library();
        // Rounded as the kernels' own are, whatever elements the library takes.
        plain_weights_.resize(static_cast<size_t>(c.outputs * c.inputs * c.size * c.size));
        std::transform(weight.values, weight.values + plain_weights_.size(), plain_weights_.begin(),
                       [](float w) { return from_bf16(to_bf16(w)); });
    }
    if (!planes) {
        return;
    }
    const TensorInput plane_weight = read_constant(info, op, "plane_weight", 5),
                      plane_bias = read_constant(info, op, "plane_bias", 6);
    require_map(op, "plane_weight", plane_weight);
    c.plane_count = plane_weight.shape[0];
    require_shape(op, "plane_weight", plane_weight, {c.plane_count, c.outputs, 1, 1});
    require_shape(op, "plane_bias", plane_bias, {c.plane_count});
    const int64_t pitch = round_up(c.outputs, pair_channels);
    plane_weights_.resize(static_cast<size_t>(c.plane_count * pitch));
    for (int64_t q = 0; q < c.plane_count; q++) {
        std::copy_n(plane_weight.values + q * c.outputs, c.outputs, plane_weights_.begin() + q * pitch);
    }
    plane_bias_.assign(plane_bias.values, plane_bias.values + c.plane_count);
}

void Bf16ConvolutionKernel::use_library(Bf16Convolution& c) const {
    auto fits = [&](const Sized& sized) {
        return sized.convolution.batch == c.batch && sized.convolution.out_height == c.out_height &&
               sized.convolution.out_width == c.out_width;
    };
    const Sized* sized = last_.load(std::memory_order_acquire);
    if (sized == nullptr || !fits(*sized)) {
        // A new size, which a live stream has once.
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return fits(*one); });
        if (found == all_.end()) {
            auto made = std::make_unique<Sized>();
            made->convolution = c;
            made->bands = std::make_unique<Bands>(*library_, made->convolution, plain_weights_.data());
            all_.push_back(std::move(made));
            sized = all_.back().get();
        } else {
            sized = found->get();
        }
        last_.store(sized, std::memory_order_release);
    }
    c.library = sized->convolution.library;
    std::memcpy(c.bands, sized->convolution.bands, sizeof(c.bands));
    c.band_scratch = sized->convolution.band_scratch;
}

OrtStatusPtr Bf16ConvolutionKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const NumberInput x = read_numbers(context, 0), skip = read_numbers(context, 4);
        const TensorInput noise = read_input(context, 3);
        Bf16Convolution c = convolution_;
        require_numbers(op_, "x", x, c.inputs);
        c.batch = x.batch();
        c.height = x.height();
        c.width = x.width();
        const int64_t most = std::max(std::max(c.top, bottom_), std::max(c.left, right_));
        c.out_height = output_size(c.height, c.top, bottom_, c.size, c.stride, c.dilation, c.blur);
        c.out_width = output_size(c.width, c.left, right_, c.size, c.stride, c.dilation, c.blur);
        if (c.out_height < 1 || c.out_width < 1 || (c.reflect && most >= std::min(c.height, c.width))) {
            refuse(op_, "input 'x' is too small for the kernel or the padding.");
        }
        if (noise) {
            require_shape(op_, "noise", noise, {1, 1, c.out_height, c.out_width});
        }
        c.skip_size = skip_size(op_, skip, {c.batch, c.out_height, c.out_width, c.outputs});
        if (library_ != nullptr) {
            use_library(c);
        }
        c.x = x.values;
        c.bias = bias_.data();
        c.noise = noise.values;
        c.skip = skip.values;
        if (c.plane_count == 0) {
            c.output = make_numbers(context, {c.batch, c.out_height, c.out_width, c.outputs});
        } else {
            c.planes =
                context.GetOutput(0, {c.batch, c.plane_count, c.out_height, c.out_width}).GetTensorMutableData<float>();
            c.plane_weights = plane_weights_.data();
            c.plane_bias = plane_bias_.data();
        }
        parallel_for_with_scratch(context, op_, c.tasks(), c.scratch(),
                                  [&](int64_t task, void* scratch) { kernels_.convolution(c, task, scratch); });
    });
}

namespace {

using Shape = Ort::ShapeInferContext::Shape;

// [N, OH, OW] where all sizes and attributes are given; unknown ones stay unknown, and wrong ones are refused when the
// kernel is made or runs.
bool infer(Ort::ShapeInferContext& context, Shape& x, Shape& weight) try {
    x = context.GetInputShape(0);
    weight = context.GetInputShape(1);
    if (x.size() != 4 || weight.size() != 4 || !is_known(x[1]) || !is_known(x[2]) || !is_known(weight[2])) {
        return false;
    }
    const Ort::ShapeInferContext::Ints pads = context.GetAttrInts("pads");
    if (pads.size() != 4) {
        return false;
    }
    const int64_t size = weight[2].AsInt(), stride = context.GetAttrInt("stride"),
                  dilation = context.GetAttrInt("dilation");
    const bool blur = context.GetAttrInt("blur") != 0;
    if (stride < 1) {
        return false;
    }
    const int64_t height =
        Bf16ConvolutionKernel::output_size(x[1].AsInt(), pads[0], pads[2], size, stride, dilation, blur);
    const int64_t width =
        Bf16ConvolutionKernel::output_size(x[2].AsInt(), pads[1], pads[3], size, stride, dilation, blur);
    x[1] = height;
    x[2] = width;
    return height > 0 && width > 0;
} catch (const Ort::Exception&) {
    return false;
}

}  // namespace

OrtStatusPtr Bf16ConvolutionOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        Shape x, weight;
        if (infer(context, x, weight)) {
            Ort::ThrowOnError(
                context.SetOutputShape(0, {x[0], x[1], x[2], weight[0]}, ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16));
        }
    });
}

OrtStatusPtr Bf16ConvolutionToPlanesOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] {
        Shape x, weight;
        const Shape planes = context.GetInputShape(5);
        if (planes.size() == 4 && infer(context, x, weight)) {
            Ort::ThrowOnError(context.SetOutputShape(0, {x[0], planes[0], x[1], x[2]}));
        }
    });
}

}  // namespace edgesim
