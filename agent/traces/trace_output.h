#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "base/time.h"
#include "parser/editor_trace.h"

namespace vigil::agent {

/// Traces on their way out. Bounded: past that the oldest go.
class TraceOutput {
 public:
  explicit TraceOutput(std::size_t waiting_max) : waiting_max_(waiting_max) {}

  /// What a trace without a time of its own gets.
  void set_time(WallTime now) { now_ = now; }
  [[nodiscard]] WallTime time() const { return now_; }

  void add(parser::EditorTrace trace) {
    if (!trace.time) trace.time = now_;
    waiting_.push_back(std::move(trace));
    if (waiting_.size() > waiting_max_) waiting_.pop_front();
  }
  void add_past(parser::EditorTrace trace) {
    past_.push_back(std::move(trace));
    if (past_.size() > waiting_max_) past_.pop_front();
  }

  [[nodiscard]] std::vector<parser::EditorTrace> take() { return emptied(waiting_); }
  [[nodiscard]] std::vector<parser::EditorTrace> take_past() {
    auto past = emptied(past_);
    std::ranges::sort(past, {}, [](const auto& trace) {
      return std::pair(*trace.time, std::string_view(trace.path));
    });
    return past;
  }

 private:
  [[nodiscard]] static std::vector<parser::EditorTrace> emptied(
      std::deque<parser::EditorTrace>& traces) {
    auto taken = std::exchange(traces, {});
    return {std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end())};
  }

  std::size_t waiting_max_;
  WallTime now_{};
  std::deque<parser::EditorTrace> waiting_;
  std::deque<parser::EditorTrace> past_;
};

}  // namespace vigil::agent
