// Which work may run at the same time, and whether it touches the same memory: the fake driver's check of events and waits.
//
// Each stream counts its work. A clock says, per stream, up to which count work is known to be done: a stream's clock grows with its own
// work and with the events that it waits for, the host's with what it waits for. Work that touches memory is wrong unless the last
// writing of it (and, if it writes, all readings since) are within its stream's clock. The host's memory is not watched: it is seen by
// results, since streams run late.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace mock_cuda {

using Clock = std::map<const void*, uint64_t>;

inline void join(Clock& clock, const Clock& other) {
  for (auto& entry : other) clock[entry.first] = std::max(clock[entry.first], entry.second);
}

class Hazards {
 public:
  // Notes work that reads and writes ranges of memory, by address; gives a problem in words, or nothing.
  std::string note(const void* stream, uint64_t index, const Clock& clock, const std::map<uint64_t, uint64_t>& ranges,
                   const std::vector<uint64_t>& reads, const std::vector<uint64_t>& writes) {
    std::string problem;
    for (uint64_t address : reads) {
      Memory* memory = find(ranges, address);
      if (memory == nullptr) continue;
      if (!known(clock, memory->writer, memory->write)) problem = "reads memory that another stream may still write";
    }
    for (uint64_t address : writes) {
      Memory* memory = find(ranges, address);
      if (memory == nullptr) continue;
      if (!known(clock, memory->writer, memory->write)) problem = "writes memory that another stream may still write";
      for (auto& read : memory->reads) {
        if (!known(clock, read.first, read.second)) problem = "writes memory that another stream may still read";
      }
    }
    for (uint64_t address : reads) {
      if (Memory* memory = find(ranges, address)) memory->reads[stream] = index;
    }
    for (uint64_t address : writes) {
      if (Memory* memory = find(ranges, address)) *memory = Memory{stream, index, {}};
    }
    return problem;
  }

  void forget(uint64_t base) { memory_.erase(base); }

 private:
  struct Memory {
    const void* writer = nullptr;
    uint64_t write = 0;
    Clock reads;
  };

  static bool known(const Clock& clock, const void* stream, uint64_t index) {
    if (stream == nullptr) return true;
    auto found = clock.find(stream);
    return found != clock.end() && found->second >= index;
  }

  Memory* find(const std::map<uint64_t, uint64_t>& ranges, uint64_t address) {
    auto after = ranges.upper_bound(address);
    if (after == ranges.begin()) return nullptr;
    auto range = std::prev(after);
    return address < range->first + range->second ? &memory_[range->first] : nullptr;
  }

  std::map<uint64_t, Memory> memory_;  // by the first address of what was allocated
};

}  // namespace mock_cuda
