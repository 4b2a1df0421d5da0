#include "agent/picture/svg_writer.h"

#include <catch2/catch.hpp>

namespace vigil::agent {

TEST_CASE("texts are no markup", "[picture][unit]") {
  Scene scene{.width = 10,
              .height = 20,
              .background = {},
              .marks = {},
              .title = "<script>alert(1)</script>",
              .description = "\"&'\x01"};
  TextRun run;
  run.text = "</text><image href='x'/>";
  scene.marks.emplace_back(run);
  const std::string svg = svg_text(scene);
  CHECK(svg.contains("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>"));
  CHECK(svg.contains("<desc>&quot;&amp;&#39;\uFFFD</desc>"));
  CHECK(svg.contains("&lt;/text&gt;&lt;image href=&#39;x&#39;/&gt;</text>"));
  CHECK_FALSE(svg.contains("<script"));
  CHECK_FALSE(svg.contains("<image"));
}

TEST_CASE("numbers have a point and at most two decimals", "[picture][unit]") {
  Scene scene{.width = 1.005,
              .height = 20,
              .background = {1, 2, 255},
              .marks = {},
              .title = {},
              .description = {}};
  scene.marks.emplace_back(Box{-0.25, 1.5, 100, 0.04, 3, {}});
  const std::string svg = svg_text(scene, 2);
  CHECK(svg.contains("height=\"40\" viewBox=\"0 0 1 20\""));
  CHECK(svg.contains("fill=\"#0102ff\""));
  CHECK(svg.contains("<rect x=\"-0.25\" y=\"1.5\" width=\"100\" height=\"0.04\" rx=\"3\""));
}

}  // namespace vigil::agent
