#include "agent/hub/live_feed.h"

#include <algorithm>
#include <utility>

#include "agent/heartbeat/heartbeat_json.h"

namespace vigil::agent {
namespace {

constexpr std::int64_t kLost = -1;  // before everything

class LiveStream final : public BodyStream {
 public:
  LiveStream(const LiveFeed& feed, std::int64_t last_id) : feed_(feed), last_id_(last_id) {}

  [[nodiscard]] Source source() const override { return Source::memory; }
  [[nodiscard]] std::string_view idle_bytes() const override { return ":\n\n"; }

  [[nodiscard]] Piece next() override {
    auto news = feed_.after(last_id_);
    last_id_ = news.last_id;
    std::string bytes = std::move(greeting_) + std::move(news.events);
    greeting_.clear();
    const State state = bytes.empty() ? State::wait : State::more;
    return {std::move(bytes), state};
  }

 private:
  const LiveFeed& feed_;
  std::int64_t last_id_;
  std::string greeting_ = "retry: 2000\n\n";
};

}  // namespace

void LiveFeed::publish(std::int64_t seq, Heartbeat heartbeat) {
  const std::lock_guard lock(mutex_);
  if (ring_.size() == kRemembered) {
    forgotten_ = ring_.front().seq;
    ring_.pop_front();
  }
  newest_ = std::max(newest_, seq);
  ring_.push_back({seq, std::move(heartbeat)});
}

void LiveFeed::restart() {
  const std::lock_guard lock(mutex_);
  ring_.clear();
  newest_ = forgotten_ = 0;
}

void LiveFeed::restate() {
  const std::lock_guard lock(mutex_);
  ring_.clear();
  forgotten_ = ++newest_;
}

LiveFeed::News LiveFeed::after(std::int64_t last_id) const {
  const std::lock_guard lock(mutex_);
  News news{.events = {}, .last_id = last_id};
  if (last_id < forgotten_ || last_id > newest_) {
    news.last_id = newest_;
    news.events = "id: " + std::to_string(newest_) + "\nevent: reset\ndata: {}\n\n";
    return news;
  }
  const auto first = std::ranges::upper_bound(ring_, last_id, {}, &Entry::seq);
  for (auto entry = first; entry != ring_.end() && news.events.size() < kPieceBytes; ++entry) {
    news.events += "id: " + std::to_string(entry->seq) + "\nevent: heartbeat\ndata: ";
    append_json(entry->heartbeat, news.events);
    news.events += "\n\n";
    news.last_id = entry->seq;
  }
  return news;
}

std::unique_ptr<BodyStream> LiveFeed::open(std::optional<std::int64_t> last_id) {
  const std::lock_guard lock(mutex_);
  // A position ahead of the store is one in another store.
  const std::int64_t position = last_id.value_or(newest_);
  return std::make_unique<LiveStream>(*this, position > newest_ ? kLost : position);
}

}  // namespace vigil::agent
