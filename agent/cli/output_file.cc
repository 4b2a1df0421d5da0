#include "agent/cli/output_file.h"

#include <fstream>
#include <ostream>

namespace vigil::agent {

Outcome with_output(std::ostream& standard, const std::string& path,
                    const std::function<Outcome(std::ostream&)>& write) {
  if (path.empty() || path == "-") return write(standard);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) return std::unexpected(Failure{Exit::failed, "io", path + ": cannot be written", {}});
  Outcome outcome = write(file);
  file.close();
  if (outcome && !file) {
    return std::unexpected(Failure{Exit::failed, "io", path + ": cannot be written", {}});
  }
  return outcome;
}

}  // namespace vigil::agent
