#include "ops.h"

#include <cmath>
#include <string>

namespace edgesim::cuda {

namespace {

[[noreturn]] void refuse(const OpDescription& op, const std::string& what) {
    throw Ort::Exception(std::string("edgesim.") + op.name + ": " + what + ".", ORT_INVALID_ARGUMENT);
}

// Says which operator it was that a filter or a size did not suit.
template <class Body>
void naming(const OpDescription& op, const Body& body) {
    try {
        body();
    } catch (const std::invalid_argument& e) {
        refuse(op, e.what());
    }
}

// Shape and address: the values lie on the device and may be halves.
TensorInput read(const Ort::KernelContext& context, size_t index) {
    return read_input(context, index);
}

Map map_of(const TensorInput& x, bool channels_last) {
    const std::vector<int64_t>& s = x.shape;
    return channels_last ? Map{s[0], s[3], s[1], s[2], true} : Map{s[0], s[1], s[2], s[3], false};
}

std::vector<int64_t> shape_of(const Map& map, int64_t height, int64_t width) {
    return map.channels_last ? std::vector<int64_t>{map.batch, height, width, map.channels}
                             : std::vector<int64_t>{map.batch, map.channels, height, width};
}

void* make_output(const Ort::KernelContext& context, const std::vector<int64_t>& shape) {
    return context.GetOutput(0, shape).GetTensorMutableRawData();
}

void require_bias_and_noise(const OpDescription& op, const TensorInput& bias, const TensorInput& noise,
                            int64_t channels, int64_t height, int64_t width) {
    if (bias) {
        require_shape(op.name, "bias", bias, {channels});
    }
    if (noise) {
        require_shape(op.name, "noise", noise, {1, 1, height, width});
    }
}

Filter read_filter(const OrtKernelInfo* info, const OpDescription& op) {
    Filter filter;
    filter.taps = attribute_or(info, "taps", std::vector<float>{});
    float total = 0;
    for (float tap : filter.taps) {
        total += tap;
    }
    if (total == 0) {
        refuse(op, "attribute 'taps' needs values with a sum other than 0");
    }
    const float gain = std::sqrt(attribute_or(info, "sum", 1.0f)) / total;
    for (float& tap : filter.taps) {
        tap *= gain;
    }
    const std::vector<int64_t> pads = attribute_or(info, "pads", std::vector<int64_t>{0, 0, 0, 0});
    if (pads.size() != 4) {
        refuse(op, "attribute 'pads' needs top, left, bottom and right");
    }
    filter.top = pads[0];
    filter.left = pads[1];
    filter.bottom = pads[2];
    filter.right = pads[3];
    filter.up = attribute_or(info, "up", int64_t{1});
    filter.down = attribute_or(info, "down", int64_t{1});
    filter.reflect = attribute_or(info, "reflect", int64_t{0}) != 0;
    naming(op, [&] { filter.check(); });
    return filter;
}

}  // namespace

FirKernel::FirKernel(const OrtKernelInfo* info, const OpDescription& op)
    : op_(op),
      filter_(read_filter(info, op)),
      channels_last_(attribute_or(info, "channels_last", int64_t{0}) != 0),
      slope_(op.inputs == 1 ? 1 : attribute_or(info, "slope", 0.2f)),
      runner_(op.backend.make()) {}

OrtStatusPtr FirKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const TensorInput x = read(context, 0), bias = read(context, 1), noise = read(context, 2);
        require_map(op_.name, "x", x);
        const Map map = map_of(x, channels_last_);
        naming(op_, [&] {
            const int64_t height = filter_.output(map.height, filter_.top, filter_.bottom),
                          width = filter_.output(map.width, filter_.left, filter_.right);
            require_bias_and_noise(op_, bias, noise, map.channels, height, width);
            Tensors tensors;
            tensors.input = x.values;
            tensors.bias = bias.values;
            tensors.noise = noise.values;
            tensors.output = make_output(context, shape_of(map, height, width));
            runner_->run(plan_fir(op_.element, map, filter_, slope_, tensors), context);
        });
    });
}

TailKernel::TailKernel(const OrtKernelInfo* info, const OpDescription& op)
    : op_(op),
      channels_last_(attribute_or(info, "channels_last", int64_t{0}) != 0),
      slope_(attribute_or(info, "slope", 0.2f)),
      runner_(op.backend.make()) {}

OrtStatusPtr TailKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const TensorInput x = read(context, 0), bias = read(context, 1), noise = read(context, 2),
                          skip = read(context, 3);
        require_map(op_.name, "x", x);
        const Map map = map_of(x, channels_last_);
        require_bias_and_noise(op_, bias, noise, map.channels, map.height, map.width);
        const bool enlarge = skip && skip.shape != x.shape;
        if (enlarge) {
            // A picture of odd size has no half: then only its own size will do.
            const bool even = map.height % 2 == 0 && map.width % 2 == 0;
            const std::vector<int64_t> s =
                shape_of(map, even ? map.height / 2 : map.height, even ? map.width / 2 : map.width);
            require_shape(op_.name, "skip", skip, {s[0], s[1], s[2], s[3]});
        }
        Tensors tensors;
        tensors.input = x.values;
        tensors.bias = bias.values;
        tensors.noise = noise.values;
        tensors.skip = skip.values;
        tensors.output = make_output(context, x.shape);
        naming(op_, [&] { runner_->run(plan_tail(op_.element, map, enlarge, slope_, tensors), context); });
    });
}

ColourKernel::ColourKernel(const OrtKernelInfo* info, const OpDescription& op) : op_(op), runner_(op.backend.make()) {
    if (attribute_or(info, "standardised", int64_t{0}) == 0) {
        refuse(op_, "a GPU takes a picture that is standardised (attribute 'standardised')");
    }
}

OrtStatusPtr ColourKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const TensorInput coefficients = read(context, 0), picture = read(context, 1), residual = read(context, 2);
        require_map(op_.name, "coefficients", coefficients);
        require_map(op_.name, "picture", picture);
        const int64_t images = picture.shape[0], height = picture.shape[2], width = picture.shape[3];
        const int64_t cell_height = coefficients.shape[2], cell_width = coefficients.shape[3];
        require_shape(op_.name, "picture", picture, {images, 3, height, width});
        require_shape(op_.name, "residual", residual, {images, 3, height, width});
        require_shape(op_.name, "coefficients", coefficients, {images, 12, cell_height, cell_width});
        naming(op_, [&] {
            runner_->run(
                plan_colours(images, height, width, cell_height, cell_width, coefficients.values, picture.values,
                             residual.values, static_cast<float*>(make_output(context, picture.shape))),
                context);
        });
    });
}

namespace {

int64_t inferred_or(Ort::ShapeInferContext& context, const char* name, int64_t otherwise) {
    try {
        return context.GetAttrInt(name);
    } catch (const Ort::Exception&) {
        return otherwise;
    }
}

// The output's shape by the first input's. Unknown sizes stay unknown; wrong ones are refused when the node runs.
bool infer_fir(Ort::ShapeInferContext& context, Ort::ShapeInferContext::Shape& shape) {
    const size_t first = inferred_or(context, "channels_last", 0) != 0 ? 1 : 2;
    if (shape.size() != 4 || !is_known(shape[first]) || !is_known(shape[first + 1])) {
        return false;
    }
    Filter filter;
    try {
        filter.taps.resize(context.GetAttrFloats("taps").size());
        const std::vector<int64_t> pads = context.GetAttrInts("pads");
        if (pads.size() != 4) {
            return false;
        }
        filter.up = inferred_or(context, "up", 1);
        filter.down = inferred_or(context, "down", 1);
        filter.check();
        const int64_t height = filter.output(shape[first].AsInt(), pads[0], pads[2]);
        const int64_t width = filter.output(shape[first + 1].AsInt(), pads[1], pads[3]);
        shape[first] = height;
        shape[first + 1] = width;
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

// Where an output's shape comes from: that of input 0, of input 0 through the filter, or of input 1.
enum class Shaped { first, filtered, second };

// As CustomOpBase has it, but for the output's type, which is the input's rather than float.
template <Shaped shaped>
OrtStatusPtr infer(const OrtCustomOp*, OrtShapeInferContext* raw) noexcept {
    return guarded([&] {
        const OrtApi& api = Ort::GetApi();
        OrtTensorTypeAndShapeInfo* info = nullptr;
        ONNXTensorElementDataType type;
        Ort::ThrowOnError(api.ShapeInferContext_GetInputTypeShape(raw, 0, &info));
        Ort::ThrowOnError(api.GetTensorElementType(info, &type));
        Ort::ShapeInferContext context(&api, raw);
        Ort::ShapeInferContext::Shape shape = context.GetInputShape(shaped == Shaped::second ? 1 : 0);
        if (shaped != Shaped::filtered || infer_fir(context, shape)) {
            Ort::ThrowOnError(context.SetOutputShape(0, shape, type));
        }
    });
}

template <class Kernel, Shaped shaped>
struct Op : Ort::CustomOpBase<Op<Kernel, shaped>, Kernel, true> {
    OpDescription description;

    explicit Op(const OpDescription& described) : description(described) { this->InferOutputShapeFn = infer<shaped>; }

    const char* GetName() const { return description.name; }
    const char* GetExecutionProviderType() const { return description.backend.provider; }
    size_t GetInputTypeCount() const { return description.inputs; }
    ONNXTensorElementDataType GetInputType(size_t) const {
        return description.element == Element::f32 ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
                                                   : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
    }
    OrtCustomOpInputOutputCharacteristic GetInputCharacteristic(size_t index) const {
        return index < description.required ? INPUT_OUTPUT_REQUIRED : INPUT_OUTPUT_OPTIONAL;
    }
    size_t GetOutputTypeCount() const { return 1; }
    ONNXTensorElementDataType GetOutputType(size_t) const { return GetInputType(0); }
    OrtStatusPtr CreateKernelV2(const OrtApi&, const OrtKernelInfo* info, void** kernel) const {
        return guarded([&] { *kernel = new Kernel(info, description); });
    }
};

}  // namespace

void add_operators(Ort::CustomOpDomain& domain, const Backend& backend) {
    using FirOp = Op<FirKernel, Shaped::filtered>;
    using TailOp = Op<TailKernel, Shaped::first>;
    static const FirOp fir[] = {
        FirOp({"UpFirDown", 1, 1, Element::f32, backend}), FirOp({"UpFirDown", 1, 1, Element::f16, backend}),
        FirOp({"FirTail", 3, 2, Element::f32, backend}), FirOp({"FirTail", 3, 2, Element::f16, backend})};
    static const TailOp tails[] = {TailOp({"StyledTail", 4, 2, Element::f32, backend}),
                                   TailOp({"StyledTail", 4, 2, Element::f16, backend})};
    static const Op<ColourKernel, Shaped::second> colours({"ColourTransform", 3, 3, Element::f32, backend});
    domain.Add(&colours);
    for (const FirOp& op : fir) {
        domain.Add(&op);
    }
    for (const TailOp& op : tails) {
        domain.Add(&op);
    }
}

}  // namespace edgesim::cuda
