#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/outbox/outbox.h"
#include "base/posix_file_system.h"
#include "base/random.h"
#include "tests/support/temporary_directory.h"

namespace vigil::test {

/// Bytes that only look random: the same in every run.
class CountingRandom final : public Random {
 public:
  explicit CountingRandom(std::uint64_t seed = 1) : next_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (auto& byte : out) {
      next_ = next_ * 6364136223846793005ULL + 1442695040888963407ULL;
      byte = static_cast<std::byte>(next_ >> 56U);
    }
  }

 private:
  std::uint64_t next_;
};

inline constexpr WallTime kNow{milliseconds{1'700'000'000'000}};
inline const SourceId kSource{"laptop-1"};
inline const SinkName kHub{"hub"};
inline const SinkName kOther{"other"};

/// An event that names its number, of at least `size` bytes.
inline std::string event(std::size_t number, std::size_t size = 0) {
  std::string body = R"({"id":"evt_)" + std::to_string(number) + R"(","entity":")";
  if (body.size() + 2 < size) body.append(size - body.size() - 2, 'x');
  return body + "\"}";
}

/// An outbox on the disk with the sink `hub`.
class OutboxFixture {
 public:
  OutboxFixture() { reopen(); }

  agent::Outbox::Opened reopen(agent::OutboxLimits limits = {}) {
    outbox_.reset();
    auto opened = agent::Outbox::open(files_, path(), random_, kNow, limits);
    if (!opened) throw std::runtime_error(opened.error().message);
    outbox_ = std::move(opened->outbox);
    if (!outbox_->set_sinks(std::vector{kHub})) throw std::runtime_error("set_sinks");
    if (!outbox_->commit(kNow)) throw std::runtime_error("commit");
    return std::move(*opened);
  }

  /// Appends events numbered from `first` and commits.
  void add(std::size_t first, std::size_t count, agent::Lane lane = agent::Lane::live,
           agent::Origin origin = agent::Origin::log) {
    std::vector<std::string> bodies;
    for (std::size_t i = first; i < first + count; ++i) bodies.push_back(event(i));
    std::vector<agent::OutboxEntry> entries;
    for (const auto& body : bodies) entries.push_back({lane, origin, body});
    if (!outbox_->append(entries, kNow) || !outbox_->commit(kNow)) throw std::runtime_error("add");
  }

  agent::Outbox& operator*() { return *outbox_; }
  agent::Outbox* operator->() { return outbox_.get(); }
  void close() { outbox_.reset(); }
  [[nodiscard]] std::string path() const { return directory_.file("agent.db"); }
  [[nodiscard]] const std::string& directory() const { return directory_.path(); }
  PosixFileSystem& files() { return files_; }
  CountingRandom& random() { return random_; }

 private:
  TemporaryDirectory directory_;
  PosixFileSystem files_;
  CountingRandom random_;
  std::unique_ptr<agent::Outbox> outbox_;
};

/// How often each event number occurs in a batch's body, as a sorted list of numbers.
inline std::vector<std::size_t> numbers_in(std::string_view body) {
  std::vector<std::size_t> found;
  constexpr std::string_view kMark = "\"id\":\"evt_";
  for (auto at = body.find(kMark); at != std::string_view::npos; at = body.find(kMark, at + 1)) {
    found.push_back(std::stoull(std::string(body.substr(at + kMark.size(), 20))));
  }
  return found;
}

}  // namespace vigil::test
