#include "agent/daemon/catch_up_display.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <ostream>

#include "agent/terminal/progress.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kColumnsElsewhere = 80;

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return kColumnsElsewhere;
  return size.ws_col;
}

}  // namespace

struct CatchUpDisplay::Bar {
  Progress progress;
};

CatchUpDisplay::CatchUpDisplay(std::ostream& err)
    : err_(err), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

CatchUpDisplay::~CatchUpDisplay() = default;

void CatchUpDisplay::show(MonoTime now, std::uint64_t bytes_done, std::uint64_t bytes_total) {
  if (!is_terminal_) return;
  if (bytes_done == bytes_total) return clear();
  if (!bar_) bar_ = std::make_unique<Bar>(Bar{Progress(now, terminal_columns())});
  if (const auto line = bar_->progress.step(now, bytes_done, bytes_total))
    err_ << *line << std::flush;
}

void CatchUpDisplay::clear() {
  if (!bar_) return;
  err_ << bar_->progress.finish() << std::flush;
  bar_.reset();
}

}  // namespace vigil::agent
