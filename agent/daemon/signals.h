#pragma once

#include <csignal>
#include <cstdint>
#include <vector>

#include "base/unique_fd.h"

namespace vigil::agent {

enum class Signal : std::uint8_t { stop, interrupt, reload };

/// SIGTERM, SIGINT and SIGHUP as values to be read instead of interruptions. Make it before the
/// first thread starts: threads inherit the mask. Its end brings the old mask back. SIGPIPE is
/// ignored from then on.
class Signals {
 public:
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  [[nodiscard]] int wake_fd() const { return fd_.get(); }
  [[nodiscard]] std::vector<Signal> take();

 private:
  sigset_t before_{};
  UniqueFd fd_;
};

}  // namespace vigil::agent
