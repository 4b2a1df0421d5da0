#include "agent/hub/http_message.h"

#include <catch2/catch.hpp>

#include "agent/hub/routes.h"

namespace vigil::agent {
namespace {

Request target(std::string text) {
  Request request;
  request.method = "GET";
  request.target = std::move(text);
  return request;
}

TEST_CASE("a target falls into path and parameters", "[hub][unit]") {
  Request request = target("/a%20b?x=1&y=a+b%26&z&=&x=2");
  REQUIRE(split_target(request));
  CHECK(request.path == "/a b");
  CHECK(request.parameter("x") == "1");
  CHECK(request.parameter("y") == "a b&");
  CHECK(request.parameter("z") == "");
  CHECK_FALSE(request.parameter("w"));
}

TEST_CASE("targets that could mean something else are refused", "[hub][unit]") {
  const std::string text = GENERATE("", "*", "http://a/", "//..", "/..", "/a/..", "/%2e%2e/a", "/%",
                                    "/%4", "/%4g", "/%00", "/?a=%0", "/?%00");
  INFO(text);
  Request request = target(text);
  CHECK_FALSE(split_target(request));
}

TEST_CASE("one parameter too many is refused", "[hub][unit]") {
  std::string text = "/?";
  for (std::size_t i = 0; i < kParametersMax; ++i) text += "a=1&";
  Request request = target(text);
  CHECK(split_target(request));
  request = target(text + "b=1");
  CHECK_FALSE(split_target(request));
}

TEST_CASE("header names have no case", "[hub][unit]") {
  CHECK(find_header({{"X-Source-ID", "a"}}, "x-source-id") == "a");
  CHECK(find_header({{"X-Source-ID", "a"}}, "x-source-i").empty());
}

TEST_CASE("only batches may be large", "[hub][unit]") {
  Request request = target("/api/v1/ingest");
  REQUIRE(split_target(request));
  CHECK(body_limit(request) == kBatchBodyMax);
  request.path = "/api/v1/tickets";
  CHECK(body_limit(request) == kSmallBodyMax);
}

}  // namespace
}  // namespace vigil::agent
