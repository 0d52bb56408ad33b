#include "colour_transform_op.h"

#include "dispatch.h"

namespace edgesim {

namespace {

constexpr const char* op = "ColourTransform";

}  // namespace

OrtStatusPtr ColourTransformKernel::ComputeV2(OrtKernelContext* raw) const {
    return guarded([&] {
        Ort::KernelContext context(raw);
        const TensorInput coefficients = read_input(context, 0), picture = read_input(context, 1),
                          residual = read_input(context, 2);
        require_map(op, "coefficients", coefficients);
        require_map(op, "picture", picture);
        ColourTransform a;
        a.batch = picture.shape[0];
        a.height = picture.shape[2];
        a.width = picture.shape[3];
        a.cell_height = coefficients.shape[2];
        a.cell_width = coefficients.shape[3];
        require_shape(op, "picture", picture, {a.batch, 3, a.height, a.width});
        require_shape(op, "residual", residual, {a.batch, 3, a.height, a.width});
        require_shape(op, "coefficients", coefficients,
                      {a.batch, ColourTransform::coefficient_count, a.cell_height, a.cell_width});
        if (a.height % a.cell_height != 0 || a.width % a.cell_width != 0) {
            throw Ort::Exception(
                std::string("edgesim.") + op + ": input 'coefficients' has shape " + text(coefficients.shape) +
                    "; its height and width must divide those of 'picture', " + text(picture.shape) + ".",
                ORT_INVALID_ARGUMENT);
        }
        const Kernels& level = kernels(current_level());
        PlaneMoments moments;
        moments.x = picture.values;
        moments.planes = standardised_ ? 0 : 3 * a.batch;
        moments.pixels = a.height * a.width;
        std::vector<double> blocks(static_cast<size_t>(2 * moments.tasks()));
        moments.moments = blocks.data();
        parallel_for(context, moments.tasks(), [&](int64_t task) { level.plane_moments(moments, task); });
        std::vector<float> mean(static_cast<size_t>(3 * a.batch), 0.0f), scale(mean.size(), 1.0f);
        for (size_t plane = 0; !standardised_ && plane < mean.size(); plane++) {
            join_moments(moments.moments + static_cast<int64_t>(plane) * 2 * moments.blocks(), moments.pixels,
                         PlaneMoments::pixels_per_task, epsilon_, mean[plane], scale[plane]);
        }
        a.coefficients = coefficients.values;
        a.picture = picture.values;
        a.residual = residual.values;
        a.mean = mean.data();
        a.scale = scale.data();
        a.output = context.GetOutput(0, picture.shape).GetTensorMutableData<float>();
        parallel_for(context, a.tasks(), [&](int64_t task) { level.colour_transform(a, task); });
    });
}

OrtStatusPtr ColourTransformOp::InferOutputShape(Ort::ShapeInferContext& context) {
    return guarded([&] { Ort::ThrowOnError(context.SetOutputShape(0, context.GetInputShape(1))); });
}

}  // namespace edgesim
