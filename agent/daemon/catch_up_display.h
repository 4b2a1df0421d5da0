#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>

#include "base/time.h"

namespace vigil::agent {

/// Shows on a terminal how far reading back is; elsewhere nothing.
class CatchUpDisplay {
 public:
  /// `err` is the process's standard error, which is asked whether it is a terminal.
  explicit CatchUpDisplay(std::ostream& err);
  ~CatchUpDisplay();

  /// Whether show() does anything: what it is given costs something to find out.
  [[nodiscard]] bool is_on_terminal() const { return is_terminal_; }

  void show(MonoTime now, std::uint64_t bytes_done, std::uint64_t bytes_total);
  void clear();

 private:
  struct Bar;
  std::ostream& err_;
  std::unique_ptr<Bar> bar_;
  bool is_terminal_;
};

}  // namespace vigil::agent
