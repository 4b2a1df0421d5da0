#include "agent/config/setting_value.h"

#include <algorithm>

#include "agent/config/units.h"
#include "base/file_system.h"

namespace vigil::agent {
namespace {

using std::chrono::milliseconds;

/// Puts values of the kinds that TOML has into fields of the kinds that we have; false where kind
/// or bounds do not fit.
template <class Owner>
class Assign {
 public:
  Assign(Owner& owner, const SettingValue& value) : owner_(owner), value_(value) {}

  bool operator()(const TextField<Owner>& field) const {
    const auto* text = std::get_if<std::string>(&value_);
    if (text == nullptr || text->size() > kTextMax) return false;
    if (field.valid != nullptr && !text->empty() && !field.valid(*text)) return false;
    field.at(owner_) = *text;
    return true;
  }
  bool operator()(const CountField<Owner>& field) const {
    const auto* number = std::get_if<std::int64_t>(&value_);
    if (number == nullptr || *number < field.least || *number > field.most) return false;
    field.at(owner_) = *number;
    return true;
  }
  bool operator()(const SizeField<Owner>& field) const {
    const auto* text = std::get_if<std::string>(&value_);
    const auto size = text == nullptr ? std::nullopt : parse_size(*text);
    if (!size || *size < field.least || *size > field.most) return false;
    field.at(owner_) = *size;
    return true;
  }
  bool operator()(const DurationField<Owner>& field) const {
    const auto duration = duration_value();
    if (!duration || *duration < field.least || *duration > field.most) return false;
    field.at(owner_) = *duration;
    return true;
  }
  bool operator()(const TimerField<Owner>& field) const {
    const auto* text = std::get_if<std::string>(&value_);
    if (text != nullptr && *text == "now") {
      field.at(owner_) = milliseconds(0);
      return true;
    }
    if (text != nullptr && text->empty()) {
      field.at(owner_) = std::nullopt;
      return true;
    }
    const auto duration = duration_value();
    if (!duration || *duration < kTimerLeast || *duration > kTimerMost) return false;
    field.at(owner_) = duration;
    return true;
  }
  bool operator()(const SwitchField<Owner>& field) const {
    const auto* flag = std::get_if<bool>(&value_);
    if (flag == nullptr) return false;
    field.at(owner_) = *flag;
    return true;
  }
  bool operator()(const ListField<Owner>& field) const {
    const auto* texts = std::get_if<std::vector<std::string>>(&value_);
    if (texts == nullptr || texts->size() > field.most) return false;
    if (field.valid != nullptr && !std::ranges::all_of(*texts, field.valid)) return false;
    field.at(owner_) = *texts;
    return true;
  }
  bool operator()(const ChoiceField<Owner>& field) const {
    const auto* text = std::get_if<std::string>(&value_);
    if (text == nullptr) return false;
    const auto found = std::ranges::find(field.names, std::string_view(*text));
    if (found == field.names.end()) return false;
    field.set(owner_, static_cast<std::size_t>(found - field.names.begin()));
    return true;
  }

 private:
  [[nodiscard]] std::optional<milliseconds> duration_value() const {
    const auto* text = std::get_if<std::string>(&value_);
    return text == nullptr ? std::nullopt : parse_duration(*text);
  }

  Owner& owner_;
  const SettingValue& value_;
};

/// Text in the kind that the field expects; it stays text where it is none of that kind, so that
/// assigning refuses it.
template <class Owner>
SettingValue typed(const Field<Owner>& field, std::string_view text) {
  if (std::holds_alternative<CountField<Owner>>(field)) {
    if (const auto number = parse_integer(text)) return *number;
  } else if (std::holds_alternative<SwitchField<Owner>>(field)) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
  } else if (std::holds_alternative<ListField<Owner>>(field)) {
    return split_list(text);
  }
  return std::string(text);
}

std::string shown_timer(std::optional<milliseconds> timer) {
  if (!timer) return "\"\"";
  return toml_quoted(timer->count() == 0 ? "now" : format_duration(*timer));
}

template <class Owner>
struct Show {
  Owner& owner;

  std::string operator()(const TextField<Owner>& field) const {
    return toml_quoted(field.at(owner));
  }
  std::string operator()(const CountField<Owner>& field) const {
    return std::to_string(field.at(owner));
  }
  std::string operator()(const SizeField<Owner>& field) const {
    return toml_quoted(format_size(field.at(owner)));
  }
  std::string operator()(const DurationField<Owner>& field) const {
    return toml_quoted(format_duration(field.at(owner)));
  }
  std::string operator()(const TimerField<Owner>& field) const {
    return shown_timer(field.at(owner));
  }
  std::string operator()(const SwitchField<Owner>& field) const {
    return field.at(owner) ? "true" : "false";
  }
  std::string operator()(const ListField<Owner>& field) const {
    std::string list = "[";
    for (const std::string& text : field.at(owner)) {
      if (list.size() > 1) list += ", ";
      list += toml_quoted(text);
    }
    return list += ']';
  }
  std::string operator()(const ChoiceField<Owner>& field) const {
    return toml_quoted(field.names[field.get(owner)]);
  }
};

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

PathBase::PathBase(std::string directory, std::string home)
    : directory_(std::move(directory)), home_(std::move(home)) {}

std::string PathBase::absolute(std::string_view path) const {
  if (path.empty()) return {};
  if (path == "~" || path.starts_with("~/"))
    return normal_path(home_ + std::string(path.substr(1)));
  if (path.starts_with('/')) return normal_path(path);
  return normal_path(join_path(directory_, path));
}

template <class Owner>
void make_absolute(const Setting<Owner>& setting, SettingValue& value, const PathBase& base) {
  const auto* text = std::get_if<TextField<Owner>>(&setting.field);
  const auto* list = std::get_if<ListField<Owner>>(&setting.field);
  if (text != nullptr && text->holds == Holds::path) {
    if (auto* path = std::get_if<std::string>(&value)) *path = base.absolute(*path);
  }
  if (list != nullptr && list->holds == Holds::path) {
    auto* paths = std::get_if<std::vector<std::string>>(&value);
    if (paths == nullptr) return;
    for (std::string& path : *paths) path = base.absolute(path);
  }
}

template <class Owner>
Result<void> assign(const Setting<Owner>& setting, Owner& owner, SettingValue value,
                    const PathBase& base) {
  make_absolute(setting, value, base);
  if (std::visit(Assign<Owner>(owner, value), setting.field)) return {};
  return fail(Errc::malformed,
              std::string(setting.key) + " must be " + std::string(setting.bounds));
}

template <class Owner>
Result<void> assign_text(const Setting<Owner>& setting, Owner& owner, std::string_view text,
                         const PathBase& base) {
  return assign(setting, owner, typed(setting.field, text), base);
}

template <class Owner>
std::string show(const Setting<Owner>& setting, Owner owner) {
  return std::visit(Show<Owner>{owner}, setting.field);
}

template Result<void> assign(const Setting<Config>&, Config&, SettingValue, const PathBase&);
template Result<void> assign(const Setting<SinkDraft>&, SinkDraft&, SettingValue, const PathBase&);
template Result<void> assign_text(const Setting<Config>&, Config&, std::string_view,
                                  const PathBase&);
template std::string show(const Setting<Config>&, Config);

}  // namespace vigil::agent
