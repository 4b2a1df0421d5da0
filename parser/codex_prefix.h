#pragma once

#include <optional>
#include <string_view>

#include "parser/codex_record.h"

namespace vigil::parser {

/// The types at the head of a line. Codex writes them first, so that most lines (thinking, answers,
/// world states, compactions) need no JSON parser to be passed over.
struct CodexPrefix {
  std::string_view timestamp;
  std::string_view type;
  std::string_view payload_type;  ///< empty where the payload does not begin with one
  std::string_view item_type;     ///< of `item_completed`
  std::string_view rest;          ///< of the line, behind the payload's type
};

/// Nothing where the line does not begin in the usual order: then a JSON parser must look.
[[nodiscard]] std::optional<CodexPrefix> scan_codex_prefix(std::string_view line);

/// The answer of a tool. Answers are most of a log's bytes, and only their ends tell something.
struct CodexOutput {
  std::string_view call_id;
  std::string_view text;  ///< as written, from behind the opening quote on; may run past its end
};

/// Nothing where the payload is not in the usual order: then a JSON parser must look.
[[nodiscard]] std::optional<CodexOutput> scan_codex_output(const CodexPrefix& prefix);

/// Whether a second record stands behind the first on one line. Reads up to 34 bytes beyond it.
[[nodiscard]] bool holds_two_records(std::string_view line);

[[nodiscard]] CodexKind codex_kind(const CodexPrefix& types);

}  // namespace vigil::parser
