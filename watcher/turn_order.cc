#include "watcher/turn_order.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace vigil::watcher {

TurnOrder::Queue& TurnOrder::queue_of(Lane lane) {
  assert(lane != Lane::none);
  switch (lane) {
    case Lane::live: return live_;
    case Lane::growing: return growing_;
    case Lane::compressed: return compressed_;
    default: return old_;
  }
}

void TurnOrder::add(TrackedFile& file, Lane lane) {
  if (file.lane != Lane::none && file.lane <= lane) return;
  if (file.lane == Lane::compressed) return;
  remove(file);
  file.lane = lane;
  if (lane == Lane::old) {
    waiting_.push_back(&file);
    sorted_ = false;
  } else {
    queue_of(lane).push_back(&file);
  }
}

void TurnOrder::add_again(TrackedFile& file, Lane lane) {
  assert(file.lane == Lane::none);
  file.lane = lane;
  if (lane == Lane::compressed) {
    compressed_.push_front(&file);
  } else {
    queue_of(lane).push_back(&file);
  }
}

void TurnOrder::remove(TrackedFile& file) {
  if (file.lane == Lane::none) return;
  std::erase(queue_of(file.lane), &file);
  std::erase(waiting_, &file);
  file.lane = Lane::none;
}

bool TurnOrder::empty() const {
  return live_.empty() && growing_.empty() && old_.empty() && waiting_.empty() &&
         compressed_.empty();
}

std::optional<TurnOrder::Turn> TurnOrder::next() {
  TrackedFile* file = nullptr;
  if (live_run_ >= kLiveRun || live_.empty()) {
    live_run_ = 0;
    file = next_behind();
  }
  if (file == nullptr && !live_.empty()) {
    ++live_run_;
    file = live_.front();
    live_.pop_front();
  }
  if (file == nullptr) return std::nullopt;
  return Turn{file, std::exchange(file->lane, Lane::none)};
}

TrackedFile* TurnOrder::next_behind() {
  refill_old();
  const std::array<Queue*, 3> queues{&growing_, &old_, &compressed_};
  for (std::size_t i = 0; i < queues.size(); ++i) {
    Queue& queue = *queues[rotation_++ % queues.size()];
    if (queue.empty()) continue;
    TrackedFile* file = queue.front();
    queue.pop_front();
    return file;
  }
  return nullptr;
}

void TurnOrder::refill_old() {
  if (!sorted_) {
    std::ranges::sort(waiting_, {}, [](const TrackedFile* file) { return file->modified_ns; });
    sorted_ = true;
  }
  while (old_.size() < kInTurn && !waiting_.empty()) {
    old_.push_back(waiting_.back());
    waiting_.pop_back();
  }
}

}  // namespace vigil::watcher
