#pragma once

#include <cstdint>

namespace edgesim {

// A task's place in a kernel's work: one image, some rows and columns, some pairs of blocks of output channels.
struct TaskPlace {
    int64_t image, row, rows, column, columns, first_pair, last_pair;
};

}  // namespace edgesim
