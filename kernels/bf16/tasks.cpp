// How kernels are divided into tasks, and the memory that a task needs. Not inline: a copy that is compiled for one
// instruction set may be the one that the linker keeps for all.

#include <algorithm>

#include "convolution.h"
#include "upsampling.h"

namespace edgesim {
namespace {

template <class Arguments>
TaskPlace place_of(const Arguments& a, int64_t height, int64_t width, int64_t task) {
    const int64_t band = a.rows(), bands = a.blocks_down(), splits = a.splits(), split = task % splits;
    task /= splits;
    const int64_t column = task % a.tiles_across() * a.columns();
    task /= a.tiles_across();
    const int64_t row = task % bands * band;
    return {task / bands,
            row,
            std::min(band, height - row),
            column,
            std::min(a.columns(), width - column),
            a.pairs() * split / splits,
            a.pairs() * (split + 1) / splits};
}

}  // namespace

int64_t Bf16Convolution::rows() const {
    int64_t most = std::min<int64_t>(16, (out_height + 7) / 8);
    while (most > 1 && (gathered(most) * row_elements() * element_bytes > rows_bytes ||
                        band_floats(most) * static_cast<int64_t>(sizeof(float)) > rows_bytes)) {
        most--;
    }
    return most;
}

int64_t Bf16Convolution::band_floats(int64_t band_rows) const {
    return library == nullptr ? 0 : band_rows * columns() * outputs + 16 * std::max(outputs, pair_channels);
}

int64_t Bf16Convolution::blocks_down() const {
    return (out_height + rows() - 1) / rows();
}

int64_t Bf16Convolution::splits() const {
    const int64_t places = batch * blocks_down() * tiles_across();
    return planes != nullptr || library != nullptr ? 1 : std::min(pairs(), (wanted_tasks + places - 1) / places);
}

int64_t Bf16Convolution::tasks() const {
    return batch * blocks_down() * tiles_across() * splits();
}

TaskPlace Bf16Convolution::place(int64_t task) const {
    return place_of(*this, out_height, out_width, task);
}

int64_t Bf16Convolution::gathered_bytes() const {
    return round_up((gathered(rows()) * row_elements() + 16 * step() * channels()) * element_bytes, 64);
}

int64_t Bf16Convolution::band_bytes() const {
    return round_up(band_floats(rows()) * static_cast<int64_t>(sizeof(float)), 64);
}

int64_t Bf16Convolution::blurred_together() const {
    return (std::max<int64_t>(3, (blurred_floats - pair_channels) / inputs) - 3) / grid() + 1;
}

int64_t Bf16Convolution::blurred_bytes() const {
    const int64_t columns = blur ? (blurred_together() - 1) * grid() + 3 : 0;
    return round_up((columns * inputs + pair_channels) * static_cast<int64_t>(sizeof(float)), 64);
}

int64_t Bf16Convolution::scratch() const {
    return gathered_bytes() + std::max(strip_bytes() + band_bytes() + round_up(band_scratch, 64), blurred_bytes());
}

int64_t Bf16Upsampling::rows() const {
    int64_t most = std::clamp<int64_t>(height / 8, 4, 32);
    while (most > 1 && (most + 2) * row_elements() * element_bytes > rows_bytes) {
        most--;
    }
    return most;
}

int64_t Bf16Upsampling::blocks_down() const {
    return (height + rows() - 1) / rows();
}

int64_t Bf16Upsampling::splits() const {
    const int64_t places = batch * blocks_down() * tiles_across();
    return std::min(pairs(), (wanted_tasks + places - 1) / places);
}

int64_t Bf16Upsampling::tasks() const {
    return batch * blocks_down() * tiles_across() * splits();
}

TaskPlace Bf16Upsampling::place(int64_t task) const {
    return place_of(*this, height, width, task);
}

int64_t Bf16Upsampling::scratch() const {
    return round_up(((rows() + 2) * row_elements() + 16 * channels()) * element_bytes, 64) +
           4 * z_row() * static_cast<int64_t>(sizeof(float));
}

}  // namespace edgesim
