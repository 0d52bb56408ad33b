#pragma once

#include "border_kernel.h"
#include "convolution_kernel.h"
#include "dispatch.h"
#include "standardisation_kernel.h"
#include "upsampling_kernel.h"

namespace edgesim {
namespace {

template <class V, class Engine>
constexpr Bf16Kernels bf16_level() {
    return {Engine::elements,
            bf16_convolution<V, Engine>,
            bf16_upsampling<V, Engine>,
            bf16_entry<V>,
            bf16_exit,
            bf16_normalisation,
            bf16_moments<V>,
            bf16_standardisation<V>};
}

}  // namespace
}  // namespace edgesim
