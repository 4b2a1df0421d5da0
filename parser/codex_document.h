#pragma once

#include <memory>
#include <string_view>

#include "parser/log_parser.h"

namespace vigil::parser {

/// Reads the rollouts of April to August 2025, each one indented JSON document that is rewritten
/// whole: puts the lines of an item together and hands them to `items`, which reads bare items.
///
/// A state that was saved inside an item is refused by restore(): it would have to hold the item's
/// text. Such a file is read from its beginning again, as it is after every rewrite anyway.
[[nodiscard]] std::unique_ptr<LogParser> make_codex_document_parser(
    std::unique_ptr<LogParser> items);

}  // namespace vigil::parser
