#include "parser/saved_state.h"

namespace vigil::parser {

void StateWriter::put(std::uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8) {
    bytes_.push_back(static_cast<char>((number >> shift) & 0xFFU));
  }
}

void StateWriter::put(std::string_view text) {
  put(std::uint64_t{text.size()});
  bytes_.append(text);
}

std::uint64_t StateReader::number() {
  if (failed_ || rest_.size() < 8) {
    failed_ = true;
    return 0;
  }
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
  }
  rest_.remove_prefix(8);
  return value;
}

std::string StateReader::text() {
  const auto size = number();
  if (failed_ || size > rest_.size()) {
    failed_ = true;
    return {};
  }
  std::string value(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return value;
}

}  // namespace vigil::parser
