#pragma once

#include <cstdint>
#include <vector>

#include "base/unique_fd.h"

namespace vigil::agent {

enum class Signal : std::uint8_t { stop, interrupt, reload };

/// SIGTERM, SIGINT and SIGHUP as values to be read instead of interruptions. Make it before the
/// first thread starts: threads inherit the mask. SIGPIPE is ignored.
class Signals {
 public:
  Signals();

  [[nodiscard]] int wake_fd() const { return fd_.get(); }
  [[nodiscard]] std::vector<Signal> take();

 private:
  UniqueFd fd_;
};

}  // namespace vigil::agent
