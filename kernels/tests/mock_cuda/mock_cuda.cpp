// A fake libcuda for tests: no GPU, but the rules of the driver. Memory is the host's; streams run late, when something waits for them,
// so that a result that is read too early is seen to be missing. What a caller must not do is a violation: it is remembered in words
// (mock_violation) and refused. Errors can be ordered (mock_fail), and all live objects are counted (mock_live).
//
// The interface is the driver's own, written from its documentation; only what EdgeSimToReal calls is here.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "mock_state.h"

using namespace mock_cuda;

// ---- What tests say and ask.

MOCK_API void mock_reset(int devices, int capability, uint64_t memoryLimit) {
  LOCK;
  state = State();
  state.devices = devices;
  state.capability = capability;
  state.memoryLimit = memoryLimit;
  contexts.clear();
}

// The call of that number (from 0, counted from now on) gives the code; some codes lose the device for good.
MOCK_API void mock_fail(const char* function, int after, int code) {
  LOCK;
  state.failFunction = function;
  state.failAfter = state.calls[function] + after;
  state.failCode = code;
}

MOCK_API const char* mock_violation() {
  LOCK;
  return state.violation.empty() ? nullptr : state.violation.c_str();
}

MOCK_API void mock_forget_violation() {
  LOCK;
  state.violation.clear();
}

MOCK_API int mock_calls(const char* function) {
  LOCK;
  return state.calls[function];
}

// Modules, streams, events, memory and shares of the context that live.
MOCK_API int mock_live() {
  LOCK;
  return static_cast<int>(state.modules.size() + state.streams.size() + state.events.size() + state.device.size() + state.pinned.size()) +
         state.contextReferences;
}

// Does the kernels' work: called when a launch's turn comes in its stream.
MOCK_API void mock_on_launch(LaunchHook hook) {
  LOCK;
  state.hook = hook;
}

// The last launch: shape is grid x, y, z, block x, y, z, dynamic shared bytes.
MOCK_API const char* mock_last_launch(unsigned* shape) {
  LOCK;
  std::copy(state.last.grid, state.last.grid + 3, shape);
  std::copy(state.last.block, state.last.block + 3, shape + 3);
  shape[6] = state.last.shared;
  return state.last.name.c_str();
}

// Work of a network's: queues up in a stream, reads device memory at one address and writes it at another.
MOCK_API void mock_work(void* stream, void (*work)(void*), void* data, uint64_t read, uint64_t write) {
  LOCK;
  if (checkStream("a network's work", stream) == kSuccess) enqueue(stream, [=] { work(data); }, "a network's work", {read}, {write});
}

MOCK_API int mock_priority(void* stream) {
  LOCK;
  return state.streams.count(static_cast<Stream*>(stream)) ? static_cast<Stream*>(stream)->priority : 1;
}

// ---- The driver.

MOCK_API int cuInit(unsigned flags) {
  LOCK;
  state.initialized = true;
  int code = enter("cuInit");
  return code != kSuccess ? code : flags != 0 ? kInvalidValue : state.devices == 0 ? kNoDevice : kSuccess;
}

MOCK_API int cuDeviceGetCount(int* count) {
  LOCK;
  *count = state.devices;
  return enter("cuDeviceGetCount");
}

MOCK_API int cuDeviceGet(int* device, int ordinal) {
  LOCK;
  int code = enter("cuDeviceGet");
  if (code != kSuccess) return code;
  if (ordinal < 0 || ordinal >= state.devices) return kInvalidDevice;
  *device = ordinal;
  return kSuccess;
}

MOCK_API int cuDeviceGetName(char* name, int length, int device) {
  LOCK;
  std::snprintf(name, static_cast<size_t>(length), "Mock GPU %d", device);
  return enter("cuDeviceGetName");
}

MOCK_API int cuDeviceGetAttribute(int* value, int attribute, int) {
  LOCK;
  // 75 and 76: major and minor compute capability; 13 and 36: clocks in kHz; 16: multiprocessors; 37: bits of the memory's bus.
  const std::map<int, int> values = {{75, state.capability / 10}, {76, state.capability % 10}, {13, 1000000}, {16, 10}, {36, 1000000}, {37, 256}};
  auto found = values.find(attribute);
  *value = found == values.end() ? 0 : found->second;
  int code = enter("cuDeviceGetAttribute");
  return code != kSuccess ? code : found != values.end() ? kSuccess : kInvalidValue;
}

MOCK_API int cuDevicePrimaryCtxRetain(void** context, int) {
  LOCK;
  int code = enter("cuDevicePrimaryCtxRetain");
  if (code != kSuccess) return code;
  state.contextReferences++;
  *context = &contextObject;
  return kSuccess;
}

MOCK_API int cuDevicePrimaryCtxRelease_v2(int) {
  LOCK;
  int code = enter("cuDevicePrimaryCtxRelease_v2");
  if (state.contextReferences == 0) return violate(kInvalidContext, "cuDevicePrimaryCtxRelease_v2 more often than retained");
  state.contextReferences--;
  if (state.contextReferences == 0 && mock_live() != 0) violate(kInvalidContext, "the context was released before its objects");
  return code;
}

MOCK_API int cuCtxSetCurrent(void* context) {
  LOCK;
  int code = enter("cuCtxSetCurrent");
  if (code != kSuccess) return code;
  if (!contexts.empty()) contexts.pop_back();
  contexts.push_back(context);
  return kSuccess;
}

MOCK_API int cuCtxGetCurrent(void** context) {
  LOCK;
  *context = contexts.empty() ? nullptr : contexts.back();
  return enter("cuCtxGetCurrent");
}

MOCK_API int cuCtxGetDevice(int* device) {
  LOCK;
  *device = 0;
  return enterContext("cuCtxGetDevice");
}

MOCK_API int cuCtxPushCurrent_v2(void* context) {
  LOCK;
  int code = enter("cuCtxPushCurrent_v2");
  if (code == kSuccess) contexts.push_back(context);
  return code;
}

MOCK_API int cuCtxPopCurrent_v2(void** context) {
  LOCK;
  int code = enter("cuCtxPopCurrent_v2");
  if (contexts.empty()) return violate(kInvalidContext, "cuCtxPopCurrent_v2 without a push");
  *context = contexts.back();
  contexts.pop_back();
  return code;
}

MOCK_API int cuCtxSynchronize() {
  LOCK;
  int code = enterContext("cuCtxSynchronize");
  if (code == kSuccess) drainAll();
  if (code == kSuccess) state.host[&defaultStream] = state.defaultCopies;
  return code;
}

MOCK_API int cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  LOCK;
  *least = kLeastPriority;
  *greatest = kGreatestPriority;
  return enterContext("cuCtxGetStreamPriorityRange");
}

MOCK_API int cuModuleLoadDataEx(void** module, const void* image, unsigned count, int* options, void** values) {
  LOCK;
  int code = enterContext("cuModuleLoadDataEx");
  if (code != kSuccess) return code;
  std::string problem;
  int target = 0;
  std::vector<PtxEntry> entries = parsePtx(static_cast<const char*>(image), &target, &problem);
  if (problem.empty() && target > state.capability) return kNoBinary;
  if (!problem.empty()) {
    for (unsigned i = 0; i < count; i++) {
      if (options[i] == 5) std::strcpy(static_cast<char*>(values[i]), problem.c_str());  // CU_JIT_ERROR_LOG_BUFFER
    }
    return kInvalidPtx;
  }
  auto* loaded = new Module{std::move(entries)};
  state.modules.insert(loaded);
  *module = loaded;
  return kSuccess;
}

MOCK_API int cuModuleUnload(void* module) {
  LOCK;
  for (auto i = state.functions.begin(); i != state.functions.end();) {
    if (i->second->module == module) {
      delete i->second;
      i = state.functions.erase(i);
    } else {
      ++i;
    }
  }
  return destroy("cuModuleUnload", state.modules, module);
}

MOCK_API int cuModuleGetFunction(void** function, void* module, const char* name) {
  LOCK;
  int code = enterContext("cuModuleGetFunction");
  if (code != kSuccess) return code;
  if (!state.modules.count(static_cast<Module*>(module)))
    return violate(kInvalidHandle, "cuModuleGetFunction of a module that does not live");
  for (const PtxEntry& entry : static_cast<Module*>(module)->entries) {
    if (entry.name != name) continue;
    auto* found = new Function{static_cast<Module*>(module), &entry};
    state.functions[found] = found;
    *function = found;
    return kSuccess;
  }
  return kNotFound;
}

MOCK_API int cuLaunchKernel(void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                            unsigned blockZ, unsigned shared, void* stream, void** parameters, void** extra) {
  LOCK;
  int code = enterContext("cuLaunchKernel");
  if (code == kSuccess) code = checkStream("cuLaunchKernel", stream);
  if (code != kSuccess) return code;
  if (!state.functions.count(function)) return violate(kInvalidHandle, "cuLaunchKernel of a function whose module does not live");
  const PtxEntry& entry = *static_cast<Function*>(function)->entry;
  const std::string of = "cuLaunchKernel of " + entry.name;
  if (gridX == 0 || gridY == 0 || gridZ == 0 || blockX == 0 || blockY == 0 || blockZ == 0 || gridX > 0x7FFFFFFF || gridY > 65535 ||
      gridZ > 65535 || static_cast<uint64_t>(blockX) * blockY * blockZ > 1024)
    return violate(kInvalidValue, of + " with a grid or group that no GPU has");
  if (shared > 48 * 1024) return violate(kInvalidValue, of + " with more than 48 KiB of dynamic shared memory");
  if (extra != nullptr || parameters == nullptr) return violate(kInvalidValue, of + " without kernelParams");
  std::vector<uint64_t> views;
  size_t written = 1;
  for (size_t i = 0; i < entry.parameters.size(); i++) {
    // What a kernel writes comes last; one kernel has two results.
    if (entry.name == "Classify" && entry.parameters[i].name == "best") written = 2;
  }
  Launch launch{entry.name, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, shared, {}};
  for (size_t i = 0; i < entry.parameters.size(); i++) {
    const PtxParameter& parameter = entry.parameters[i];
    // The caller's arguments are one structure, which must lie in memory as the kernel's parameters do.
    if (parameters[i] != static_cast<uint8_t*>(parameters[0]) + parameter.offset)
      return violate(kInvalidValue, of + ": argument " + parameter.name + " is not where the PTX has it");
    auto* bytes = static_cast<uint8_t*>(parameters[i]);
    launch.parameters.emplace_back(bytes, bytes + parameter.size);
    if (parameter.size != 16) continue;
    uint64_t address, length;
    std::memcpy(&address, bytes, 8);
    std::memcpy(&length, bytes + 8, 8);
    if (length == 0 || !within(state.device, address, length))
      return violate(kInvalidValue, of + ": argument " + parameter.name + " is no device memory that lives");
    views.push_back(address);
  }
  state.last = launch;
  std::vector<uint64_t> reads(views.begin(), views.end() - static_cast<std::ptrdiff_t>(std::min(written, views.size())));
  std::vector<uint64_t> writes(views.begin() + static_cast<std::ptrdiff_t>(reads.size()), views.end());
  std::function<void()> work = [] {};
  if (state.hook != nullptr) {
    work = [launch, hook = state.hook]() mutable {
      std::vector<void*> pointers;
      for (auto& parameter : launch.parameters) pointers.push_back(parameter.data());
      hook(launch.name.c_str(), launch.grid, launch.block, launch.shared, pointers.data());
    };
  }
  enqueue(stream, std::move(work), of, reads, writes);
  return kSuccess;
}

MOCK_API int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
  LOCK;
  return allocate("cuMemAlloc_v2", state.device, address, bytes);
}

MOCK_API int cuMemFree_v2(uint64_t address) {
  LOCK;
  return release("cuMemFree_v2", state.device, address);
}

MOCK_API int cuMemHostAlloc(void** address, size_t bytes, unsigned) {
  LOCK;
  return allocate("cuMemHostAlloc", state.pinned, reinterpret_cast<uint64_t*>(address), bytes);
}

MOCK_API int cuMemFreeHost(void* address) {
  LOCK;
  return release("cuMemFreeHost", state.pinned, reinterpret_cast<uint64_t>(address));
}

MOCK_API int cuMemcpyHtoD_v2(uint64_t target, const void* source, size_t bytes) {
  LOCK;
  int code = enterContext("cuMemcpyHtoD_v2");
  if (code != kSuccess) return code;
  if (!within(state.device, target, bytes)) return violate(kInvalidValue, "cuMemcpyHtoD_v2 beyond device memory that lives");
  std::memcpy(reinterpret_cast<void*>(target), source, bytes);
  // From memory that is not pinned the copy may go on in the default stream when the call returns.
  std::string problem = state.hazards.note(&defaultStream, ++state.defaultCopies, state.host, state.device, {}, {target});
  return problem.empty() ? kSuccess : violate(kInvalidValue, "cuMemcpyHtoD_v2 " + problem);
}

MOCK_API int cuMemcpyHtoDAsync_v2(uint64_t target, const void* source, size_t bytes, void* stream) {
  LOCK;
  return copy("cuMemcpyHtoDAsync_v2", target, source, bytes, stream, true);
}

MOCK_API int cuMemcpyDtoHAsync_v2(void* target, uint64_t source, size_t bytes, void* stream) {
  LOCK;
  return copy("cuMemcpyDtoHAsync_v2", source, target, bytes, stream, false);
}

MOCK_API int cuMemcpyDtoDAsync_v2(uint64_t target, uint64_t source, size_t bytes, void* stream) {
  LOCK;
  int code = enterContext("cuMemcpyDtoDAsync_v2");
  if (code == kSuccess) code = checkStream("cuMemcpyDtoDAsync_v2", stream);
  if (code != kSuccess) return code;
  if (!within(state.device, target, bytes) || !within(state.device, source, bytes))
    return violate(kInvalidValue, "cuMemcpyDtoDAsync_v2 beyond device memory that lives");
  enqueue(stream, [=] { std::memcpy(reinterpret_cast<void*>(target), reinterpret_cast<const void*>(source), bytes); },
          "cuMemcpyDtoDAsync_v2", {source}, {target});
  return kSuccess;
}

MOCK_API int cuMemsetD8Async(uint64_t target, unsigned char value, size_t bytes, void* stream) {
  LOCK;
  int code = enterContext("cuMemsetD8Async");
  if (code == kSuccess) code = checkStream("cuMemsetD8Async", stream);
  if (code != kSuccess) return code;
  if (!within(state.device, target, bytes)) return violate(kInvalidValue, "cuMemsetD8Async beyond device memory that lives");
  enqueue(stream, [=] { std::memset(reinterpret_cast<void*>(target), value, bytes); }, "cuMemsetD8Async", {}, {target});
  return kSuccess;
}

MOCK_API int cuGetErrorName(int code, const char** name) {
  static const std::map<int, const char*> names = {{kInvalidValue, "CUDA_ERROR_INVALID_VALUE"},
      {kOutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY"}, {kNotInitialized, "CUDA_ERROR_NOT_INITIALIZED"}, {kNoDevice, "CUDA_ERROR_NO_DEVICE"},
      {kInvalidDevice, "CUDA_ERROR_INVALID_DEVICE"}, {kInvalidContext, "CUDA_ERROR_INVALID_CONTEXT"},
      {kNoBinary, "CUDA_ERROR_NO_BINARY_FOR_GPU"}, {kInvalidPtx, "CUDA_ERROR_INVALID_PTX"}, {kInvalidHandle, "CUDA_ERROR_INVALID_HANDLE"},
      {kNotFound, "CUDA_ERROR_NOT_FOUND"}, {kNotReady, "CUDA_ERROR_NOT_READY"}, {kIllegalAddress, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {kLaunchFailed, "CUDA_ERROR_LAUNCH_FAILED"}};
  auto found = names.find(code);
  *name = found == names.end() ? nullptr : found->second;
  return found == names.end() ? kInvalidValue : kSuccess;
}

MOCK_API int cuGetErrorString(int code, const char** text) {
  *text = code == kOutOfMemory ? "out of memory" : code == kLaunchFailed ? "unspecified launch failure" : "mock error";
  return kSuccess;
}
