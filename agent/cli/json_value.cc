#include "agent/cli/json_value.h"

#include <nlohmann/json.hpp>

namespace vigil::agent {

using Json = nlohmann::json;

struct JsonValue::Node {
  std::shared_ptr<const Json> document;
  const Json* value = nullptr;
};

Result<JsonValue> JsonValue::parse(std::string_view text) {
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDepthMax;
    return !too_deep;
  };
  auto document =
      std::make_shared<Json>(Json::parse(text, watch_depth, /*allow_exceptions=*/false));
  if (too_deep || document->is_discarded()) return fail(Errc::malformed, "that is not JSON");
  const Json* value = document.get();
  return JsonValue(std::make_shared<Node>(Node{std::move(document), value}));
}

template <class Read>
auto JsonValue::at(std::string_view pointer, Read read) const {
  const Json::json_pointer path{std::string(pointer)};
  using Value = decltype(read(*node_->value));
  return node_->value->contains(path) ? read(node_->value->at(path)) : Value{};
}

std::optional<std::string> JsonValue::text(std::string_view pointer) const {
  return at(pointer, [](const Json& value) -> std::optional<std::string> {
    if (!value.is_string()) return std::nullopt;
    return value.get<std::string>();
  });
}

std::optional<std::int64_t> JsonValue::integer(std::string_view pointer) const {
  return at(pointer, [](const Json& value) -> std::optional<std::int64_t> {
    if (!value.is_number_integer()) return std::nullopt;
    return value.get<std::int64_t>();
  });
}

std::optional<double> JsonValue::number(std::string_view pointer) const {
  return at(pointer, [](const Json& value) -> std::optional<double> {
    if (!value.is_number()) return std::nullopt;
    return value.get<double>();
  });
}

std::optional<bool> JsonValue::truth(std::string_view pointer) const {
  return at(pointer, [](const Json& value) -> std::optional<bool> {
    if (!value.is_boolean()) return std::nullopt;
    return value.get<bool>();
  });
}

std::optional<JsonValue> JsonValue::child(std::string_view pointer) const {
  return at(pointer, [this](const Json& value) -> std::optional<JsonValue> {
    return JsonValue(std::make_shared<Node>(Node{node_->document, &value}));
  });
}

std::string JsonValue::json() const {
  return node_->value->dump();
}

std::vector<JsonValue> JsonValue::list(std::string_view pointer) const {
  return at(pointer, [this](const Json& value) {
    std::vector<JsonValue> elements;
    if (!value.is_array()) return elements;
    for (const Json& element : value) {
      elements.push_back(JsonValue(std::make_shared<Node>(Node{node_->document, &element})));
    }
    return elements;
  });
}

}  // namespace vigil::agent
