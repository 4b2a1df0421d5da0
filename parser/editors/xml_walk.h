#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::parser {

/// One tag of an XML text; views into it.
struct XmlTag {
  enum class Kind : std::uint8_t { open, close, empty };
  Kind kind = Kind::open;
  std::string_view name;
  std::string_view attributes;  ///< as written

  /// The attribute's text with its references resolved; nothing where there is none.
  [[nodiscard]] std::optional<std::string> attribute(std::string_view wanted) const;
};

/// Goes from tag to tag, in place; what stands between them (text, comments, CDATA, declarations)
/// is passed over. No validator: a text that is cut off or broken ends the walk.
class XmlWalk {
 public:
  explicit XmlWalk(std::string_view text) : rest_(text) {}

  [[nodiscard]] std::optional<XmlTag> next();

 private:
  /// Passes over what `<` begins where that is no tag.
  [[nodiscard]] bool skip_other();

  std::string_view rest_;
};

}  // namespace vigil::parser
