#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vigil::agent {

/// A JSON document that another process sent, for reading. Paths are JSON pointers
/// (`/sinks/0/name`,
/// "" for the whole); what is absent or of another type reads as nothing. A value; copies share the
/// document, which never changes.
class JsonValue {
 public:
  /// `malformed`: not JSON, or nested deeper than kDepthMax.
  static constexpr int kDepthMax = 64;
  [[nodiscard]] static Result<JsonValue> parse(std::string_view text);

  [[nodiscard]] std::optional<std::string> text(std::string_view pointer) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view pointer) const;
  [[nodiscard]] std::optional<double> number(std::string_view pointer) const;
  [[nodiscard]] std::optional<bool> truth(std::string_view pointer) const;
  [[nodiscard]] std::optional<JsonValue> child(std::string_view pointer) const;
  [[nodiscard]] std::vector<JsonValue> list(std::string_view pointer) const;

  /// As JSON text again.
  [[nodiscard]] std::string json() const;

 private:
  struct Node;
  explicit JsonValue(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  template <class Read>
  auto at(std::string_view pointer, Read read) const;

  // Shared: elements of a list point into the document they come from.
  std::shared_ptr<const Node> node_;
};

}  // namespace vigil::agent
