#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace edgesim::tests {

// Values between two pages that may be neither read nor written, flush with the one behind (or, when asked for, with
// the one before): a kernel that leaves its buffers ends the program.
template <class T>
class Guarded {
  public:
    explicit Guarded(size_t count, bool flush_with_front = false) : count_(count) {
        const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), bytes = count * sizeof(T);
        const size_t inner = (bytes + page - 1) / page * page;
        size_ = inner + 2 * page;
        base_ = mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (base_ == MAP_FAILED || mprotect(static_cast<char*>(base_) + page, inner, PROT_READ | PROT_WRITE) != 0) {
            std::abort();
        }
        data_ = reinterpret_cast<T*>(static_cast<char*>(base_) + page + (flush_with_front ? 0 : inner - bytes));
    }
    ~Guarded() { munmap(base_, size_); }
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;

    T* data() { return data_; }
    size_t size() const { return count_; }
    T& operator[](size_t i) { return data_[i]; }

  private:
    size_t count_, size_;
    void* base_;
    T* data_;
};

using GuardedBuffer = Guarded<float>;

}  // namespace edgesim::tests
