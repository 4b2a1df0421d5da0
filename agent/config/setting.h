#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/config/toml_document.h"
#include "base/result.h"

namespace vigil::agent {

/// Paths are made absolute: `~/` is the home directory, and what is relative is meant from the
/// file's folder, or in variables and flags from the working directory.
enum class Holds : std::uint8_t { text, path };

/// Where in `Owner` a setting of one kind is kept, and its bounds. `at` is the one accessor for
/// reading and writing.
template <class Owner>
struct TextField {
  std::string& (*at)(Owner&);
  bool (*valid)(std::string_view) = nullptr;  ///< null: any text of at most kTextMax bytes
  Holds holds = Holds::text;
};
template <class Owner>
struct CountField {
  std::int64_t& (*at)(Owner&);
  std::int64_t least;
  std::int64_t most;
};
template <class Owner>
struct SizeField {
  std::int64_t& (*at)(Owner&);
  std::int64_t least;  ///< bytes
  std::int64_t most;
};
template <class Owner>
struct DurationField {
  std::chrono::milliseconds& (*at)(Owner&);
  std::chrono::milliseconds least;
  std::chrono::milliseconds most;
};
/// A duration, `now` (0), or empty for "unset".
template <class Owner>
struct TimerField {
  std::optional<std::chrono::milliseconds>& (*at)(Owner&);
};
template <class Owner>
struct SwitchField {
  bool& (*at)(Owner&);
};
template <class Owner>
struct ListField {
  std::vector<std::string>& (*at)(Owner&);
  std::size_t most;
  Holds holds = Holds::text;
  bool (*valid)(std::string_view) = nullptr;  ///< of each element; null: any
};
template <class Owner>
struct ChoiceField {
  std::span<const std::string_view> names;
  std::size_t (*get)(const Owner&);
  void (*set)(Owner&, std::size_t);
};

template <class Owner>
using Field =
    std::variant<TextField<Owner>, CountField<Owner>, SizeField<Owner>, DurationField<Owner>,
                 TimerField<Owner>, SwitchField<Owner>, ListField<Owner>, ChoiceField<Owner>>;

/// One line of the table that parsing, environment, `agent config` and docs/formats/config.md
/// are made from.
template <class Owner>
struct Setting {
  std::string_view key;       ///< in the file, dotted
  std::string_view variable;  ///< in the environment; empty where there is none
  std::string_view bounds;    ///< in words, for messages and documentation
  std::string_view meaning;
  Field<Owner> field;
};

inline constexpr std::size_t kTextMax = 4'096;
inline constexpr std::chrono::milliseconds kTimerLeast{250};
inline constexpr std::chrono::milliseconds kTimerMost = std::chrono::hours(1);

}  // namespace vigil::agent
