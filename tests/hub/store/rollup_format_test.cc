#include "agent/hub/store/rollup_format.h"

#include <catch2/catch.hpp>
#include <limits>

namespace vigil::agent {
namespace {

SlotFigures some_figures() {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  SlotFigures figures;
  figures[0].heartbeats = 1;
  figures[7] = {3, {1, 255, 256, 65'536, 0}, microseconds{900'000'000}, {}, microseconds{1}};
  figures[8] = {};
  figures[4'000'000'000U] = {kMost,
                             {kMost, kMost, kMost, kMost, kMost},
                             microseconds{kMost},
                             microseconds{kMost},
                             microseconds{kMost}};
  return figures;
}

struct Decoded {
  SlotFigures figures;
  bool is_damaged = false;
};

Decoded decoded(std::string_view bytes) {
  FigureDecoder decoder(bytes);
  Decoded decoded;
  while (const auto entry = decoder.next()) decoded.figures[entry->group] = entry->figures;
  decoded.is_damaged = decoder.is_damaged();
  return decoded;
}

}  // namespace

TEST_CASE("figures of a slot come back as they were", "[hub][unit]") {
  const auto back = decoded(encode_figures(some_figures()));
  CHECK(back.figures == some_figures());
  CHECK_FALSE(back.is_damaged);
  CHECK(encode_figures({}).empty());
}

TEST_CASE("a truncated slot is known as damaged, unless it ends between two groups",
          "[hub][unit]") {
  const auto bytes = encode_figures(some_figures());
  std::size_t whole = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    if (!decoded(std::string(bytes, 0, length)).is_damaged) ++whole;
  }
  CHECK(whole == some_figures().size());
}

TEST_CASE("bytes that mean nothing are read to their end and not beyond", "[hub][unit]") {
  CHECK(decoded(std::string(64, '\xFF')).is_damaged);
  CHECK(decoded(std::string(4, '\0')).is_damaged);
  CHECK(decoded(std::string(5, '\0')).figures.size() == 1);
}

}  // namespace vigil::agent
