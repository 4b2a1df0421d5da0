#include "agent/picture/svg_writer.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace vigil::agent {
namespace {

/// At most two decimals, a point whatever the locale.
std::string number(double value) {
  const auto hundredths = static_cast<long long>(std::llround(value * 100));
  std::string text = std::to_string(hundredths / 100);
  if (hundredths < 0 && hundredths > -100) text.insert(0, "-");
  const long long rest = std::llabs(hundredths % 100);
  if (rest == 0) return text;
  text += rest < 10 ? ".0" : ".";
  text += std::to_string(rest % 10 == 0 ? rest / 10 : rest);
  return text;
}

std::string colour(const Colour& colour) {
  std::array<char, 8> hex{};
  (void)std::snprintf(hex.data(), hex.size(), "#%02x%02x%02x", unsigned{colour.red},
                      unsigned{colour.green}, unsigned{colour.blue});
  return hex.data();
}

std::string attribute(std::string_view name, const std::string& value) {
  return " " + std::string(name) + "=\"" + value + "\"";
}

std::string element(const Box& box) {
  std::string text = "<rect" + attribute("x", number(box.x)) + attribute("y", number(box.y)) +
                     attribute("width", number(box.width)) +
                     attribute("height", number(box.height));
  if (box.radius > 0) text += attribute("rx", number(box.radius));
  return text + attribute("fill", colour(box.colour)) + "/>\n";
}

std::string element(const TextRun& run) {
  std::string text =
      "<text" + attribute("x", number(run.x)) + attribute("y", number(run.baseline)) +
      attribute("font-size", number(run.size)) + attribute("fill", colour(run.colour));
  if (run.weight == Weight::bold) text += attribute("font-weight", "bold");
  if (run.anchor == Anchor::middle) text += attribute("text-anchor", "middle");
  if (run.anchor == Anchor::right) text += attribute("text-anchor", "end");
  // Another machine's fonts may be wider: what nearly fills its room must not leave it.
  if (run.measured > run.width * 0.8) {
    text += attribute("textLength", number(run.measured)) +
            attribute("lengthAdjust", "spacingAndGlyphs");
  }
  // Not by the direction of its first letter: where it begins is part of the layout.
  text += attribute("direction", "ltr") + attribute("unicode-bidi", "embed");
  return text + ">" + xml_text(run.text) + "</text>\n";
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) {
          out += c;
        } else {
          out += "\uFFFD";
        }
    }
  }
  return out;
}

std::string svg_text(const Scene& scene, double scale) {
  std::string text = R"(<svg xmlns="http://www.w3.org/2000/svg" role="img")";
  text += attribute("width", number(scene.width * scale));
  text += attribute("height", number(scene.height * scale));
  text += attribute("viewBox", "0 0 " + number(scene.width) + " " + number(scene.height));
  text += attribute("font-family", std::string(kFontFamilies)) + ">\n";
  text += "<title>" + xml_text(scene.title) + "</title>\n";
  text += "<desc>" + xml_text(scene.description) + "</desc>\n";
  text += element(Box{0, 0, scene.width, scene.height, 0, scene.background});
  for (const Mark& mark : scene.marks) {
    text += std::visit([](const auto& one) { return element(one); }, mark);
  }
  return text + "</svg>\n";
}

}  // namespace vigil::agent
