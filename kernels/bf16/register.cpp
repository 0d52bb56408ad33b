#include "register.h"

#include "border_ops.h"
#include "convolution_op.h"
#include "upsampling_op.h"

namespace edgesim {

void add_bf16_operators(Ort::CustomOpDomain& domain) {
    static const Bf16EntryOp entry;
    static const Bf16ExitOp exit;
    static const Bf16ConvolutionOp convolution;
    static const Bf16ConvolutionToPlanesOp convolution_to_planes;
    static const Bf16UpsamplingOp upsampling;
    static const Bf16NormalisationOp normalisation;
    static const Bf16StandardisationOp standardisation;
    domain.Add(&entry);
    domain.Add(&exit);
    domain.Add(&convolution);
    domain.Add(&convolution_to_planes);
    domain.Add(&upsampling);
    domain.Add(&normalisation);
    domain.Add(&standardisation);
}

}  // namespace edgesim
