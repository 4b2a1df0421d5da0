#include "parser/editors/xml_walk.h"

#include <charconv>
#include <cstddef>

namespace vigil::parser {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view without_front_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0U | code >> 6U);
    put(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    put(0xe0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3fU));
    put(0x80U | (code & 0x3fU));
  } else {
    put(0xf0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3fU));
    put(0x80U | (code >> 6U & 0x3fU));
    put(0x80U | (code & 0x3fU));
  }
}

/// `&name;` without its ends; false where it is none that we know.
bool append_reference(std::string& out, std::string_view name) {
  if (name == "amp") return out += '&', true;
  if (name == "lt") return out += '<', true;
  if (name == "gt") return out += '>', true;
  if (name == "quot") return out += '"', true;
  if (name == "apos") return out += '\'', true;
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool is_hexadecimal = name.starts_with('x');
  if (is_hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, is_hexadecimal ? 16 : 10);
  if (error != std::errc{} || end != name.data() + name.size()) return false;
  if (code == 0 || code > 0x10ffff) return false;
  append_utf8(out, code);
  return true;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (;;) {
    const auto sign = text.find('&');
    out += text.substr(0, sign);
    if (sign == std::string_view::npos) return out;
    const auto end = text.find(';', sign);
    if (end == std::string_view::npos) return std::nullopt;
    if (!append_reference(out, text.substr(sign + 1, end - sign - 1))) return std::nullopt;
    text.remove_prefix(end + 1);
  }
}

/// The `>` that ends a tag: not one inside of quotes.
std::size_t end_of_tag(std::string_view text) {
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<std::string> XmlTag::attribute(std::string_view wanted) const {
  auto rest = without_front_blanks(attributes);
  while (!rest.empty()) {
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto key = rest.substr(0, rest.find_first_of(" \t\r\n="));
    rest = without_front_blanks(rest.substr(equals + 1));
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return std::nullopt;
    const auto end = rest.find(rest.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    if (key == wanted) return unescaped(rest.substr(1, end - 1));
    rest = without_front_blanks(rest.substr(end + 1));
  }
  return std::nullopt;
}

bool XmlWalk::skip_other() {
  constexpr std::string_view kComment = "<!--";
  constexpr std::string_view kData = "<![CDATA[";
  std::string_view end;
  if (rest_.starts_with(kComment)) end = "-->";
  if (rest_.starts_with(kData)) end = "]]>";
  if (rest_.starts_with("<?")) end = "?>";
  if (end.empty() && rest_.starts_with("<!")) end = ">";
  if (end.empty()) return false;
  const auto at = rest_.find(end, 2);
  rest_ = at == std::string_view::npos ? std::string_view{} : rest_.substr(at + end.size());
  return true;
}

std::optional<XmlTag> XmlWalk::next() {
  for (;;) {
    const auto begin = rest_.find('<');
    if (begin == std::string_view::npos) return std::nullopt;
    rest_.remove_prefix(begin);
    if (skip_other()) continue;
    const auto end = end_of_tag(rest_);
    if (end == std::string_view::npos) return std::nullopt;
    auto inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    XmlTag tag;
    if (inside.starts_with('/')) {
      tag.kind = XmlTag::Kind::close;
      inside.remove_prefix(1);
    } else if (inside.ends_with('/')) {
      tag.kind = XmlTag::Kind::empty;
      inside.remove_suffix(1);
    }
    tag.name = inside.substr(0, inside.find_first_of(kBlanks));
    tag.attributes = inside.substr(tag.name.size());
    return tag;
  }
}

}  // namespace vigil::parser
