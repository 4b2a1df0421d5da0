#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace vigil {

/// A name of one kind of thing. Two kinds never convert into each other, nor a bare string into
/// an id; `text()` is the way out. `Tag` is an incomplete type that only tells kinds apart.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

using SourceId =
    Id<struct SourceTag>;  ///< who signs: one agent installation, `[A-Za-z0-9._:-]{1,64}`
using MachineId = Id<struct MachineTag>;  ///< random, made at `agent init`
using BatchId = Id<struct BatchTag>;      ///< one sealed batch, constant over its retries
using EventId = Id<struct EventTag>;      ///< `evt_` + 20 of [a-z0-9]
using SinkName = Id<struct SinkTag>;      ///< a destination's name in the configuration

}  // namespace vigil

template <class Tag>
struct std::hash<vigil::Id<Tag>> {
  std::size_t operator()(const vigil::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
