#include "parser/record_seams.h"

namespace vigil::parser {

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string_view next_start(std::string_view line) {
  const auto at = line.find(R"({")", 1);
  return at == std::string_view::npos ? std::string_view{} : line.substr(at);
}

}  // namespace vigil::parser
