#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace vigil::watcher {

/// Finds numbered things that lie elsewhere by what they are, for 6 to 12 bytes each: open
/// addressing over the numbers alone. `HashOf` tells the hash of a number in the table.
template <class HashOf>
class IdTable {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  explicit IdTable(HashOf hash_of) : hash_of_(std::move(hash_of)) {}

  /// The number with this hash for which `is_it` holds, or kNone.
  template <class Predicate>
  [[nodiscard]] std::uint32_t find(std::size_t hash, Predicate is_it) const {
    if (slots_.empty()) return kNone;
    for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
      if (slots_[at] == kNone || is_it(slots_[at])) return slots_[at];
    }
  }

  /// It must not be in the table.
  void insert(std::uint32_t id) {
    if ((count_ + 1) * 4 > slots_.size() * 3) resize(slots_.empty() ? 16 : slots_.size() * 2);
    place(id);
    ++count_;
  }

  /// It must be in the table, with the hash that it was inserted with.
  void erase(std::uint32_t id) {
    std::size_t at = hash_of_(id) & mask();
    while (slots_[at] != id) {
      assert(slots_[at] != kNone);
      at = (at + 1) & mask();
    }
    close_gap(at);
    --count_;
    if (slots_.size() > 16 && count_ * 8 < slots_.size()) resize(slots_.size() / 4);
  }

 private:
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }

  void place(std::uint32_t id) {
    std::size_t at = hash_of_(id) & mask();
    while (slots_[at] != kNone) at = (at + 1) & mask();
    slots_[at] = id;
  }

  /// Moves what stands behind a free slot forward, unless it stands where its hash wants it.
  void close_gap(std::size_t gap) {
    for (std::size_t at = (gap + 1) & mask(); slots_[at] != kNone; at = (at + 1) & mask()) {
      const std::size_t home = hash_of_(slots_[at]) & mask();
      if (((at - home) & mask()) < ((at - gap) & mask())) continue;
      slots_[gap] = slots_[at];
      gap = at;
    }
    slots_[gap] = kNone;
  }

  void resize(std::size_t size) {
    assert(std::has_single_bit(size));
    const auto before = std::exchange(slots_, std::vector<std::uint32_t>(size, kNone));
    for (const auto id : before) {
      if (id != kNone) place(id);
    }
  }

  HashOf hash_of_;
  std::vector<std::uint32_t> slots_;
  std::size_t count_ = 0;
};

}  // namespace vigil::watcher
