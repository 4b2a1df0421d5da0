#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace vigil::parser {

/// A fixed set of names, each standing for a value; made at compile time. Only names of the right
/// length are compared, so that passing over an unknown name costs next to nothing.
template <class Value, std::size_t kSize>
class KeyTable {
 public:
  using Entry = std::pair<std::string_view, Value>;

  consteval explicit KeyTable(std::array<Entry, kSize> entries) : entries_(std::move(entries)) {
    std::ranges::sort(entries_, {}, [](const Entry& entry) { return entry.first.size(); });
    for (const auto& entry : entries_) ++first_.at(entry.first.size() + 1);
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  }

  /// The value of `name`; a default-made one where it is not in the table.
  [[nodiscard]] constexpr Value find(std::string_view name) const {
    if (name.size() > kNameMax) return Value{};
    for (std::size_t i = first_[name.size()]; i < first_[name.size() + 1]; ++i) {
      const auto& [key, value] = entries_[i];
      // Most names differ in their last letter already, and that costs no call.
      if (key.back() == name.back() && key == name) return value;
    }
    return Value{};
  }

 private:
  static constexpr std::size_t kNameMax = 31;

  std::array<Entry, kSize> entries_;
  std::array<std::size_t, kNameMax + 2> first_{};  ///< where the names of each length begin
};

/// `make_key_table<Key>({{"type", Key::type}, ...})`.
template <class Value, std::size_t kSize>
consteval KeyTable<Value, kSize> make_key_table(
    const std::pair<std::string_view, Value> (&entries)[kSize]) {
  return KeyTable<Value, kSize>(std::to_array(entries));
}

}  // namespace vigil::parser
