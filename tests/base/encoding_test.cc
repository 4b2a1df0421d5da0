#include "base/encoding.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using namespace vigil;

TEST_CASE("hexadecimal goes both ways and refuses the rest", "[base][unit]") {
  CHECK(to_hex(bytes_of(std::string_view("\x00\x7f\xff", 3))) == "007fff");
  const auto bytes = from_hex("007fff");
  REQUIRE(bytes);
  CHECK(text_of(*bytes) == std::string_view("\x00\x7f\xff", 3));
  CHECK(from_hex("")->empty());
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("0g"));
}

TEST_CASE("base64 gives the published vectors and takes them back", "[base][unit]") {
  const auto [plain, coded] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                        {"f", "Zg=="},
                                                                        {"fo", "Zm8="},
                                                                        {"foo", "Zm9v"},
                                                                        {"foob", "Zm9vYg=="},
                                                                        {"fooba", "Zm9vYmE="},
                                                                        {"foobar", "Zm9vYmFy"}}));
  CHECK(to_base64(bytes_of(plain)) == coded);
  const auto back = from_base64(coded);
  REQUIRE(back);
  CHECK(text_of(*back) == plain);
}

TEST_CASE("base64 that is not exactly what the encoder writes is refused", "[base][unit]") {
  for (const auto* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "Zm9v\n", " Zm9v", "Zm9-",
                           "=Zg=", "Zg==Zg=="}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64(text));
  }
}

TEST_CASE("base 36 keeps the low digits", "[base][unit]") {
  std::array<char, 4> out{};
  put_base36(0, out);
  CHECK(std::string_view(out.data(), 4) == "0000");
  put_base36(35 + 36 * 10, out);
  CHECK(std::string_view(out.data(), 4) == "00az");
  put_base36(36 * 36 * 36 * 36 + 1, out);
  CHECK(std::string_view(out.data(), 4) == "0001");
}
