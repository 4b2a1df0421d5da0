#include <cstdint>

#include "agent/hub/dashboard_file.h"

// The assembler's names (dashboard/build.mjs), hence extern "C".
extern "C" {
extern const vigil::agent::DashboardFile vigil_dashboard_files[];  // NOLINT(*-avoid-c-arrays)
extern const std::uint64_t vigil_dashboard_file_count;
}

namespace vigil::agent {

static_assert(sizeof(DashboardFile) == 16 * sizeof(std::uint64_t), "as build.mjs writes it");

std::span<const DashboardFile> dashboard_files() {
  return {vigil_dashboard_files, vigil_dashboard_file_count};
}

}  // namespace vigil::agent
