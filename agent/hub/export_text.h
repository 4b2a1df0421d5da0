#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/heartbeat/heartbeat.h"

namespace vigil::agent {

enum class ExportFormat : std::uint8_t {
  ndjson,  ///< a canonical heartbeat on each line
  json,    ///< one list of them
  csv,     ///< RFC 4180 with a line of names
};
[[nodiscard]] std::optional<ExportFormat> export_format_named(std::string_view name);
[[nodiscard]] std::string_view content_type(ExportFormat format);

/// Writes heartbeats one after the other: begin(), add() for each, end(). The caller owns the
/// text and may take away what is there at any time.
class ExportWriter {
 public:
  explicit ExportWriter(ExportFormat format) : format_(format) {}

  void begin(std::string& out) const;
  void add(const Heartbeat& heartbeat, std::string& out);
  void end(std::string& out) const;

 private:
  ExportFormat format_;
  enum class Place : std::uint8_t { first, later } place_ = Place::first;
};

}  // namespace vigil::agent
