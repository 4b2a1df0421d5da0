#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace vigil::agent {

/// What waits for a thread, with a bound on number and weight (bytes). When it is full push()
/// refuses, and whoever asked is told to come again. Thread-safe.
template <class Work>
class WorkQueue {
 public:
  WorkQueue(std::size_t count_max, std::size_t weight_max)
      : count_max_(count_max), weight_max_(weight_max) {}

  /// False, and `work` is as before, when there is no room or the queue is closed.
  [[nodiscard]] bool push(Work&& work, std::size_t weight) {
    {
      const std::lock_guard lock(mutex_);
      if (is_closed_ || waiting_.size() == count_max_) return false;
      if (weight_ + weight > weight_max_ && !waiting_.empty()) return false;
      waiting_.emplace_back(std::move(work), weight);
      weight_ += weight;
    }
    news_.notify_one();
    return true;
  }

  /// What waits, up to `count` pieces and about `weight`; waits for a first one, at most for
  /// `patience`.
  [[nodiscard]] std::vector<Work> take(std::size_t count, std::size_t weight,
                                       std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    news_.wait_for(lock, patience, [this] { return !waiting_.empty() || is_closed_ || is_woken_; });
    is_woken_ = false;
    std::vector<Work> taken;
    std::size_t taken_weight = 0;
    while (!waiting_.empty() && taken.size() < count && taken_weight < weight) {
      auto& [work, its_weight] = waiting_.front();
      taken.push_back(std::move(work));
      taken_weight += its_weight;
      weight_ -= its_weight;
      waiting_.pop_front();
    }
    return taken;
  }

  /// Ends the wait of take(), now or the next time.
  void wake() {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
    news_.notify_all();
  }

  /// Nothing more comes in; what waits can still be taken.
  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    news_.notify_all();
  }

  [[nodiscard]] bool is_done() const {
    const std::lock_guard lock(mutex_);
    return is_closed_ && waiting_.empty();
  }

 private:
  const std::size_t count_max_;
  const std::size_t weight_max_;
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::deque<std::pair<Work, std::size_t>> waiting_;
  std::size_t weight_ = 0;
  bool is_closed_ = false;
  bool is_woken_ = false;
};

}  // namespace vigil::agent
