#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/hub/store/stats_query.h"

namespace vigil::agent {

/// Figures of one slot by group: what a row of table `rollups` holds.
using SlotFigures = std::map<std::uint32_t, Figures>;

/// The bytes of table `rollups`, see docs/formats/hub-store.md.
[[nodiscard]] std::string encode_figures(const SlotFigures& figures);

/// Reads such bytes from the front to the end.
class FigureDecoder {
 public:
  explicit FigureDecoder(std::string_view bytes) : bytes_(bytes) {}

  struct Entry {
    std::uint32_t group = 0;
    Figures figures;
  };

  /// Nothing at the end, or where the bytes are not what encode_figures() writes.
  [[nodiscard]] std::optional<Entry> next();

  [[nodiscard]] bool is_damaged() const { return is_damaged_; }

 private:
  std::string_view bytes_;
  std::uint64_t group_ = 0;
  bool is_damaged_ = false;
};

}  // namespace vigil::agent
