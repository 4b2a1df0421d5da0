#include <cstdint>

#include "agent/hub/dashboard_file.h"

// The assembler's names (dashboard/build.mjs), hence extern "C" and not as constants are called
// here. NOLINTBEGIN(*-avoid-c-arrays,readability-identifier-naming)
extern "C" {
extern const vigil::agent::DashboardFile vigil_dashboard_files[];
extern const std::uint64_t vigil_dashboard_file_count;
}
// NOLINTEND(*-avoid-c-arrays,readability-identifier-naming)

namespace vigil::agent {

static_assert(sizeof(DashboardFile) == 16 * sizeof(std::uint64_t), "as build.mjs writes it");

std::span<const DashboardFile> dashboard_files() {
  return {vigil_dashboard_files, vigil_dashboard_file_count};
}

}  // namespace vigil::agent
