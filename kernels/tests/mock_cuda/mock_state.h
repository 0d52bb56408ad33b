// What the fake driver knows and its rules: objects that live, errors that were ordered, streams' work, checks that calls have in common.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "hazards.h"
#include "ptx_signature.h"

#define MOCK_API extern "C" __attribute__((visibility("default")))
#define LOCK std::lock_guard<std::recursive_mutex> lock(gate)

namespace mock_cuda {

enum : int {
  kSuccess = 0,
  kInvalidValue = 1,
  kOutOfMemory = 2,
  kNotInitialized = 3,
  kNoDevice = 100,
  kInvalidDevice = 101,
  kInvalidContext = 201,
  kNoBinary = 209,
  kInvalidPtx = 218,
  kInvalidHandle = 400,
  kNotFound = 500,
  kNotReady = 600,
  kIllegalAddress = 700,
  kLaunchFailed = 719,
};

// Lower numbers go first.
constexpr int kLeastPriority = 0, kGreatestPriority = -5;

struct Module {
  std::vector<PtxEntry> entries;
};

struct Function {
  Module* module;
  const PtxEntry* entry;
};

struct Stream {
  std::deque<std::function<void()>> pending;
  uint64_t queued = 0, done = 0;
  int priority = 0;
  Clock clock;
};

struct Event {
  Stream* stream = nullptr;
  uint64_t mark = 0;
  bool timing = false;
  double milliseconds = 0;  // when its turn came
  Clock clock;
};

struct Launch {
  std::string name;
  unsigned grid[3], block[3], shared;
  std::vector<std::vector<uint8_t>> parameters;
};

using LaunchHook = void (*)(const char* name, const unsigned* grid, const unsigned* block, unsigned shared, void** parameters);

struct State {
  bool initialized = false;
  int devices = 1, capability = 80, contextReferences = 0, lost = 0;
  uint64_t memoryLimit = 0;
  std::set<Module*> modules;
  std::map<void*, Function*> functions;
  std::set<Stream*> streams;
  std::set<Event*> events;
  std::map<uint64_t, uint64_t> device;  // address -> bytes
  std::map<uint64_t, uint64_t> pinned;
  std::string violation, failFunction;
  int failAfter = -1, failCode = 0;
  std::map<std::string, int> calls;
  Launch last;
  LaunchHook hook = nullptr;
  Clock host;
  Hazards hazards;
  uint64_t defaultCopies = 0;
};

inline std::recursive_mutex gate;
inline State state;
inline char defaultStream;  // Its address stands for it in clocks.
inline char contextObject;  // The one primary context's handle is this object's address.
inline thread_local std::vector<void*> contexts;

inline int violate(int code, const std::string& words) {
  if (state.violation.empty()) state.violation = words;
  return code;
}

// Runs a stream's work up to a count.
inline void drain(Stream* stream, uint64_t mark) {
  while (stream->done < mark) {
    std::function<void()> work = std::move(stream->pending.front());
    stream->pending.pop_front();
    stream->done++;
    // A lost device does nothing more.
    if (state.lost == 0) work();
  }
}

inline void drainAll() {
  for (Stream* stream : state.streams) {
    drain(stream, stream->queued);
    join(state.host, stream->clock);
  }
}

// Counts the call; a code other than success where an error was ordered or the device is lost.
inline int enter(const char* function) {
  int call = state.calls[function]++;
  if (state.failFunction == function && state.failAfter >= 0 && call == state.failAfter) {
    // These are sticky in the real driver: the context is of no use from then on.
    if (state.failCode == kIllegalAddress || state.failCode == kLaunchFailed) state.lost = state.failCode;
    return state.failCode;
  }
  if (!state.initialized) return violate(kNotInitialized, std::string(function) + " before cuInit");
  return state.lost;
}

// The same for calls that need the context.
inline int enterContext(const char* function) {
  int code = enter(function);
  if (code != kSuccess) return code;
  if (contexts.empty() || contexts.back() != &contextObject)
    return violate(kInvalidContext, std::string(function) + " without a current context");
  if (state.contextReferences == 0) return violate(kInvalidContext, std::string(function) + " after the context was released");
  return kSuccess;
}

inline bool within(const std::map<uint64_t, uint64_t>& ranges, uint64_t address, uint64_t bytes) {
  auto after = ranges.upper_bound(address);
  if (after == ranges.begin()) return false;
  auto range = std::prev(after);
  return address + bytes <= range->first + range->second;
}

inline int checkStream(const char* function, void* stream) {
  if (stream == nullptr) return violate(kInvalidHandle, std::string(function) + " on the default stream");
  if (!state.streams.count(static_cast<Stream*>(stream)))
    return violate(kInvalidHandle, std::string(function) + " on a stream that does not live");
  return kSuccess;
}

// Queues work that reads and writes device memory at addresses.
inline void enqueue(void* to, std::function<void()> work, const std::string& of = "", const std::vector<uint64_t>& reads = {},
                    const std::vector<uint64_t>& writes = {}) {
  auto* stream = static_cast<Stream*>(to);
  stream->pending.push_back(std::move(work));
  stream->queued++;
  join(stream->clock, state.host);
  stream->clock[stream] = stream->queued;
  std::string problem = state.hazards.note(stream, stream->queued, stream->clock, state.device, reads, writes);
  if (!problem.empty()) violate(kInvalidValue, of + " " + problem);
}

inline double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline int copy(const char* function, uint64_t device, const void* host, size_t bytes, void* stream, bool up) {
  int code = enterContext(function);
  if (code == kSuccess) code = checkStream(function, stream);
  if (code != kSuccess) return code;
  if (!within(state.device, device, bytes))
    return violate(kInvalidValue, std::string(function) + " beyond device memory that lives");
  if (!within(state.pinned, reinterpret_cast<uint64_t>(host), bytes))
    return violate(kInvalidValue, std::string(function) + " with host memory that is not pinned");
  void* target = up ? reinterpret_cast<void*>(device) : const_cast<void*>(host);
  const void* source = up ? host : reinterpret_cast<const void*>(device);
  using Addresses = std::vector<uint64_t>;
  enqueue(stream, [=] { std::memcpy(target, source, bytes); }, function, up ? Addresses{} : Addresses{device},
          up ? Addresses{device} : Addresses{});
  return kSuccess;
}

inline int allocate(const char* function, std::map<uint64_t, uint64_t>& ranges, uint64_t* address, size_t bytes) {
  int code = enterContext(function);
  if (code != kSuccess) return code;
  if (bytes == 0) return violate(kInvalidValue, std::string(function) + " of 0 bytes");
  uint64_t used = 0;
  for (auto& range : ranges) used += range.second;
  if (state.memoryLimit != 0 && used + bytes > state.memoryLimit) return kOutOfMemory;
  void* memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
  // Not zero, as on a GPU: what reads before it writes shows.
  std::memset(memory, 0xA5, bytes);
  *address = reinterpret_cast<uint64_t>(memory);
  ranges[*address] = bytes;
  return kSuccess;
}

// Gives back even on a lost device, where the code says so and the object is gone all the same.
template <typename T>
int destroy(const char* function, std::set<T*>& live, void* object) {
  int code = enterContext(function);
  if (!live.count(static_cast<T*>(object))) return violate(kInvalidHandle, std::string(function) + " of an object that does not live");
  drainAll();
  live.erase(static_cast<T*>(object));
  delete static_cast<T*>(object);
  return code;
}

inline int release(const char* function, std::map<uint64_t, uint64_t>& ranges, uint64_t address) {
  int code = enterContext(function);
  if (!ranges.count(address)) return violate(kInvalidValue, std::string(function) + " of memory that does not live");
  drainAll();
  ranges.erase(address);
  state.hazards.forget(address);
  std::free(reinterpret_cast<void*>(address));
  return code;
}

}  // namespace mock_cuda
