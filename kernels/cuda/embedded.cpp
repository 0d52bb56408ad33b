#include "module.h"

// The PTX as files of the build, taken in byte by byte and ended by the zero that the driver wants.
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    "edgesim_ptx_sm_75: .incbin \"" EDGESIM_PTX_SM_75
    "\"\n"
    ".byte 0\n"
    ".balign 16\n"
    "edgesim_ptx_sm_80: .incbin \"" EDGESIM_PTX_SM_80
    "\"\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
__attribute__((visibility("hidden"))) extern const char edgesim_ptx_sm_75[], edgesim_ptx_sm_80[];
}

namespace edgesim::cuda {

const char* embedded_ptx(int capability) {
    // PTX for a target runs on every later one: the driver compiles it for the device, once, and caches that.
    return capability >= 80 ? edgesim_ptx_sm_80 : capability >= 75 ? edgesim_ptx_sm_75 : nullptr;
}

}  // namespace edgesim::cuda
