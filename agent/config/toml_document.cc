#include "agent/config/toml_document.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <optional>

namespace vigil::agent {
namespace {

std::size_t line_of(const toml::node& node) {
  return node.source().begin.line;
}

std::unexpected<Error> refused(const toml::node& node, std::string_view key, std::string_view why) {
  return fail(Errc::malformed, "line " + std::to_string(line_of(node)) + ": " + std::string(key) +
                                   " " + std::string(why));
}

Result<SettingValue> read_list(const toml::array& list, std::string_view key) {
  std::vector<std::string> texts;
  for (const toml::node& element : list) {
    const auto* text = element.as_string();
    if (text == nullptr) return refused(list, key, "must be a list of texts");
    texts.push_back(text->get());
  }
  return SettingValue(std::move(texts));
}

Result<SettingValue> read_value(const toml::node& node, std::string_view key) {
  if (const auto* text = node.as_string()) return SettingValue(text->get());
  if (const auto* number = node.as_integer()) return SettingValue(number->get());
  if (const auto* flag = node.as_boolean()) return SettingValue(flag->get());
  if (const auto* list = node.as_array()) return read_list(*list, key);
  return refused(node, key, "has a value of a kind that no setting takes (fraction or date)");
}

/// Walks a table. How deep it nests is bounded by kConfigMax.
class Walk {
 public:
  Result<void> table(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string key =
          prefix.empty() ? std::string(name.str()) : prefix + "." + std::string(name.str());
      if (const auto* inner = node.as_table()) {
        VIGIL_TRY(this->table(*inner, key));
      } else if (node.is_array_of_tables()) {
        VIGIL_TRY(tables(*node.as_array(), key));
      } else {
        entries_.push_back({key, array_, index_, line_of(node), VIGIL_TRY(read_value(node, key))});
      }
    }
    return {};
  }

  [[nodiscard]] std::vector<TomlEntry> take() {
    std::ranges::stable_sort(entries_, {}, &TomlEntry::line);
    return std::move(entries_);
  }

 private:
  Result<void> tables(const toml::array& array, const std::string& key) {
    if (!array_.empty()) return refused(array, key, "is nested too deeply");
    array_ = key;
    for (index_ = 0; index_ < array.size(); ++index_) {
      const toml::table& element = *array[index_].as_table();
      if (element.empty()) entries_.push_back({{}, array_, index_, line_of(element), {}});
      VIGIL_TRY(table(element, {}));
    }
    array_.clear();
    index_ = 0;
    return {};
  }

  std::vector<TomlEntry> entries_;
  std::string array_;
  std::size_t index_ = 0;
};

}  // namespace

Result<std::vector<TomlEntry>> read_toml(std::string_view text) {
  if (text.size() > kConfigMax) return fail(Errc::malformed, "longer than 64 KiB");
  std::optional<toml::table> document;
  try {
    document = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(Errc::malformed, "line " + std::to_string(error.source().begin.line) + ": " +
                                     std::string(error.description()));
  }
  Walk walk;
  VIGIL_TRY(walk.table(*document, {}));
  return walk.take();
}

std::string toml_quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      (quoted += '\\') += letter;
    } else if (code < 0x20 || code == 0x7f) {
      ((quoted += "\\u00") += kHex[code >> 4U]) += kHex[code & 15U];
    } else {
      quoted += letter;
    }
  }
  return quoted += '"';
}

}  // namespace vigil::agent
