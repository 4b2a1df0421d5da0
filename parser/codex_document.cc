// {
//   "session": {            opens the first item, at two spaces
//     "timestamp": "...",
//     "id": "..."
//   },                      closes it
//   "items": [
//     {                     opens an item, at four spaces
//       "role": "user",
//     },
//
// Line ends inside of texts are escaped, so indentation alone tells where an item begins and ends.

#include "parser/codex_document.h"

#include <array>
#include <string>
#include <utility>

namespace vigil::parser {
namespace {

/// A larger item is passed over.
constexpr std::size_t kItemMax = std::size_t{4} << 20;

struct Bracket {
  std::string_view open;
  std::string_view close;
};
constexpr std::array kBrackets{Bracket{R"(  "session": {)", "  }"}, Bracket{"    {", "    }"}};

class CodexDocumentParser final : public LogParser {
 public:
  explicit CodexDocumentParser(std::unique_ptr<LogParser> items) : items_(std::move(items)) {}

  std::span<const Activity> parse_line(std::string_view line) override;
  const LineCounts& counts() const override { return counts_; }
  std::string save() const override { return (is_inside() ? "i" : "-") + items_->save(); }
  bool restore(std::string_view state) override;

 private:
  [[nodiscard]] bool is_inside() const { return !close_.empty(); }
  void open(std::string_view line);
  std::span<const Activity> finish();

  std::unique_ptr<LogParser> items_;
  std::string_view close_;  ///< the line that ends the item; empty outside of one
  std::string item_;
  LineCounts counts_;
};

std::span<const Activity> CodexDocumentParser::parse_line(std::string_view line) {
  const auto bare = line.ends_with(',') ? line.substr(0, line.size() - 1) : line;
  if (is_inside() && bare == close_) return finish();
  ++counts_.ignored;
  if (!is_inside()) {
    open(bare);
  } else if (item_.size() + line.size() <= kItemMax) {
    item_.append(line);
  } else {
    item_.assign(kItemMax, ' ');  // stays too long for any further line, and is no record
  }
  return {};
}

void CodexDocumentParser::open(std::string_view line) {
  for (const auto& bracket : kBrackets) {
    if (line == bracket.open) close_ = bracket.close;
  }
  item_.assign("{");
}

std::span<const Activity> CodexDocumentParser::finish() {
  close_ = {};
  item_.append("}");
  const auto size = item_.size();
  item_.append(kLinePadding, ' ');
  const auto before = items_->counts();
  const auto activities = items_->parse_line(std::string_view(item_).substr(0, size));
  const auto& after = items_->counts();
  counts_.derived += after.derived - before.derived;
  counts_.ignored += after.ignored - before.ignored;
  counts_.malformed += after.malformed - before.malformed;
  return activities;
}

bool CodexDocumentParser::restore(std::string_view state) {
  close_ = {};
  const bool is_whole = state.starts_with('-');
  return items_->restore(is_whole ? state.substr(1) : std::string_view{}) && is_whole;
}

}  // namespace

std::unique_ptr<LogParser> make_codex_document_parser(std::unique_ptr<LogParser> items) {
  return std::make_unique<CodexDocumentParser>(std::move(items));
}

}  // namespace vigil::parser
