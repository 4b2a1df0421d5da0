#include "agent/hub/dashboard_page.h"

#include <catch2/catch.hpp>

#include "agent/hub/auth.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "tests/hub/http/hub_fixture.h"

namespace vigil::agent::test {
namespace {

EmbeddedText text(std::string_view value) {
  return {value.data(), value.size()};
}

const std::vector<DashboardFile> kFiles{
    {text("/"), text("text/html"), text("\"i\""), text("'sha256-a'"), text("'sha256-b'"),
     text("index"), text("br"), text("gz")},
    {text("/assets/vigil-0.js"),
     text("text/javascript"),
     text("\"s\""),
     {},
     {},
     text("script"),
     text("sbr"),
     {}},
};

Response ask(std::string path, std::vector<Header> headers = {}) {
  Request request;
  request.method = "GET";
  request.path = std::move(path);
  request.headers = std::move(headers);
  return dashboard_page(request, kFiles);
}

std::string header(const Response& response, std::string_view name) {
  return std::string(find_header(response.headers, name));
}

TEST_CASE("the shortest coding is taken that is allowed", "[hub][unit]") {
  const auto [accepted, coding] = GENERATE(table<std::string, Coding>({
      {"", Coding::identity},
      {"identity", Coding::identity},
      {"gzip, deflate, br", Coding::brotli},
      {"gzip;q=1.0, br;q=0.1", Coding::brotli},
      {"gzip, br;q=0", Coding::gzip},
      {"br;q=0.0, gzip;q=0.000", Coding::identity},
      {"*", Coding::brotli},
      {"*;q=0", Coding::identity},
      {"br;q=0, *", Coding::gzip},
      {" GZIP ;q=0.5", Coding::gzip},
      {"x-br, brotli", Coding::identity},
      {",,;q,=", Coding::identity},
  }));
  INFO(accepted);
  CHECK(preferred_coding(accepted) == coding);
}

TEST_CASE("a file is served as its reader takes it, each form with a tag of its own",
          "[hub][unit]") {
  const Response plain = ask("/");
  CHECK(plain.body == "index");
  CHECK(header(plain, "Content-Encoding").empty());
  CHECK(header(plain, "ETag") == "\"i\"");
  CHECK(header(plain, "Vary") == "Accept-Encoding");
  const Response packed = ask("/", {{"Accept-Encoding", "gzip, br"}});
  CHECK(packed.body == "br");
  CHECK(header(packed, "Content-Encoding") == "br");
  CHECK(header(packed, "ETag") == "\"i-br\"");
  SECTION("and unpacked where packing would not help") {
    const Response script = ask("/assets/vigil-0.js", {{"Accept-Encoding", "gzip"}});
    CHECK(script.body == "script");
    CHECK(header(script, "Content-Encoding").empty());
  }
}

TEST_CASE("what a reader has is not sent again, but its policy is", "[hub][unit]") {
  const auto tags = GENERATE("\"i-br\"", "W/\"i-br\"", "\"x\", \"i-br\"", "*");
  const Response same = ask("/", {{"Accept-Encoding", "br"}, {"If-None-Match", tags}});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(header(same, "ETag") == "\"i-br\"");
  CHECK(header(same, "Content-Security-Policy").contains("'sha256-a'"));
  CHECK(ask("/", {{"Accept-Encoding", "gzip"}, {"If-None-Match", "\"i-br\""}}).status == 200);
}

TEST_CASE("names with a hash are kept for ever, the index is asked for again", "[hub][unit]") {
  CHECK(header(ask("/assets/vigil-0.js"), "Cache-Control").contains("immutable"));
  CHECK(header(ask("/"), "Cache-Control") == "private, no-cache");
}

TEST_CASE("the page's own addresses get the index; a name of another build gets 404",
          "[hub][unit]") {
  for (const auto* path : {"/timeline", "/project", "/no/such/page", "/index.html"}) {
    CHECK(ask(path).body == "index");
  }
  CHECK(ask("/assets/vigil-1.js").status == 404);
}

TEST_CASE("only the index names hashes, and security headers leave them", "[hub][unit]") {
  Response index = ask("/");
  add_security_headers(index);
  const std::string policy = header(index, "Content-Security-Policy");
  CHECK(policy.contains("script-src 'self' 'sha256-a';"));
  CHECK(policy.contains("style-src 'self' 'sha256-b';"));
  CHECK(policy.contains("default-src 'none'"));
  CHECK(header(index, "Cache-Control") == "private, no-cache");
  CHECK(std::ranges::count(index.headers, "Cache-Control", &Header::first) == 1);
  Response script = ask("/assets/vigil-0.js");
  add_security_headers(script);
  CHECK(header(script, "Content-Security-Policy").contains("script-src 'self';"));
}

TEST_CASE("a hub without the dashboard says so in a sentence", "[hub][unit]") {
  Request request;
  request.method = "GET";
  request.path = "/";
  const Response response = dashboard_page(request, {});
  CHECK(response.status == 200);
  CHECK(response.body.contains("built without the dashboard"));
}

TEST_CASE("what is embedded is what was built: tags are digests, the index names the script",
          "[hub][unit]") {
  const auto files = dashboard_files();
  if (files.empty()) return;  // built without
  std::string_view index;
  for (const auto& file : files) {
    const std::string digest = to_hex(sha256(file.identity.view())).substr(0, 32);
    CHECK(file.etag.view() == "\"" + digest + "\"");
    CHECK(file.brotli.size < file.identity.size);
    if (file.path.view() == "/") index = file.identity.view();
  }
  REQUIRE_FALSE(index.empty());
  for (const auto& file : files) {
    if (file.path.view() != "/") CHECK(index.find(file.path.view()) != std::string_view::npos);
  }
}

TEST_CASE("the dashboard over the wire: packed, tagged, without a body for HEAD and 304",
          "[hub][io]") {
  if (dashboard_files().empty()) return;  // built without
  TestHub hub;
  const Header token{"Authorization", hub.token()};
  const auto page = hub.exchange(
      request_text("GET", "/timeline", hub.authority(), {token, {"Accept-Encoding", "br"}}));
  CHECK(page.status == 200);
  CHECK(page.header("Content-Encoding") == "br");
  const std::string tag(page.header("ETag"));
  RawClient client(hub.port());
  client.send(request_text("GET", "/", hub.authority(),
                           {token, {"Accept-Encoding", "br"}, {"If-None-Match", tag}}) +
              request_text("GET", "/health", hub.authority(), {}));
  const std::string both = client.receive_until("{\"status\":\"ok\"}");
  CHECK(both.starts_with("HTTP/1.1 304 Not Modified\r\n"));
  const std::size_t end = both.find("\r\n\r\n");
  CHECK_FALSE(both.substr(0, end).contains("Content-Length"));
  CHECK(both.substr(end + 4).starts_with("HTTP/1.1 200"));
  RawClient head(hub.port());
  head.send(request_text("HEAD", "/", hub.authority(), {token}) +
            request_text("GET", "/health", hub.authority(), {}));
  const std::string answers = head.receive_until("{\"status\":\"ok\"}");
  CHECK(answers.substr(answers.find("\r\n\r\n") + 4).starts_with("HTTP/1.1 200"));
}

}  // namespace
}  // namespace vigil::agent::test
