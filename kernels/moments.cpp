#include "moments.h"

#include <algorithm>
#include <cmath>

namespace edgesim {

void join_moments(const double* moments, int64_t pixels, int64_t block_pixels, double epsilon, float& mean,
                  float& scale) {
    double joined = 0, squares = 0, count = 0;
    for (int64_t first = 0; first < pixels; first += block_pixels, moments += 2) {
        const double more = static_cast<double>(std::min(block_pixels, pixels - first));
        const double difference = moments[0] - joined, all = count + more;
        joined += difference * more / all;
        squares += moments[1] + difference * difference * count * more / all;
        count = all;
    }
    mean = static_cast<float>(joined);
    scale = static_cast<float>(1 / std::sqrt(squares / count + epsilon));
}

}  // namespace edgesim
