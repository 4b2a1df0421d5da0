#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "agent/hub/registry_file.h"
#include "tests/hub/http/hub_fixture.h"

namespace vigil::agent::test {
namespace {

using nlohmann::json;

constexpr std::string_view kRename = R"({"kind":"rename","project":"project1","to":"better"})";

/// A hub with some heartbeats, and those who may ask it.
struct CorrectedHub {
  CorrectedHub() {
    hub.allow(sender);
    REQUIRE(hub.post_batch(sender, sample_body("laptop", "b1", 300), "b1").status == 200);
  }

  Answer send(std::string_view method, const std::string& target, std::vector<Header> headers,
              std::string_view body = {}) {
    if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
    return hub.exchange(request_text(method, target, hub.authority(), headers, body));
  }

  std::vector<Header> writer() { return token_of("writer", Access::write); }
  std::vector<Header> reader() { return token_of("reader", Access::read); }

  std::vector<Header> token_of(std::string_view name, Access access) {
    RegistryFile file(hub.files, hub.folder.file("registry.json"));
    std::array<std::byte, 20> randomness{};
    randomness.fill(static_cast<std::byte>(name.front()));
    std::string secret;
    REQUIRE(file.update([&](Registry& registry) -> Result<void> {
      secret =
          VIGIL_TRY(new_token(registry, name, randomness, hub.clock.wall_now(), access)).secret;
      return {};
    }));
    return {{"Authorization", "Bearer " + secret}};
  }

  /// A signed-in browser's, by such a path.
  std::vector<Header> browser(const std::string& path) {
    const auto signed_in = send("GET", path, {});
    REQUIRE(signed_in.status == 303);
    const std::string cookie(signed_in.header("Set-Cookie"));
    return {{"Cookie", cookie.substr(0, cookie.find(';'))},
            {"Origin", "http://" + hub.authority()}};
  }

  std::int64_t heartbeats_of(const std::string& project) {
    const auto stats = hub.get("/api/v1/stats?range=all_time&project=" + project);
    return json::parse(stats.body).at("total").at("heartbeats").get<std::int64_t>();
  }

  TestHub hub;
  Sender sender{1};
};

const std::string kPath = "/api/v1/corrections";

}  // namespace

TEST_CASE("a correction is made, listed, counted by and undone over HTTP", "[hub][io]") {
  CorrectedHub corrected;
  const auto before = corrected.heartbeats_of("project1");
  REQUIRE(before > 0);
  const auto writer = corrected.writer();
  const auto made = corrected.send("POST", kPath, writer, kRename);
  REQUIRE(made.status == 201);
  const json correction = json::parse(made.body);
  CHECK(correction.at("kind") == "rename");
  CHECK(correction.at("to") == "better");
  CHECK_FALSE(correction.contains("from"));
  CHECK(correction.at("made_at") == format_rfc3339(corrected.hub.clock.wall_now()));
  CHECK(corrected.heartbeats_of("project1") == 0);
  CHECK(corrected.heartbeats_of("better") == before);
  const auto listed = json::parse(corrected.hub.get(kPath).body);
  REQUIRE(listed.at("items").size() == 1);
  CHECK(listed.at("items").at(0) == correction);
  const std::string own = kPath + "/" + std::to_string(correction.at("id").get<int>());
  CHECK(corrected.send("DELETE", own, writer).status == 204);
  CHECK(corrected.send("DELETE", own, writer).status == 404);
  CHECK(corrected.heartbeats_of("project1") == before);
  CHECK(json::parse(corrected.hub.get(kPath).body).at("items").empty());
}

TEST_CASE("who may only read corrects nothing, by whatever way", "[hub][io]") {
  CorrectedHub corrected;
  const auto reader = corrected.reader();
  const auto ticket = [&](const std::vector<Header>& headers) {
    const auto made = corrected.send("POST", "/api/v1/tickets", headers);
    REQUIRE(made.status == 201);
    return json::parse(made.body).at("path").get<std::string>();
  };
  CHECK(corrected.send("POST", kPath, {}, kRename).status == 401);
  CHECK(corrected.send("DELETE", kPath + "/1", {}).status == 401);
  CHECK(corrected.send("POST", kPath, reader, kRename).status == 403);
  CHECK(corrected.send("DELETE", kPath + "/1", reader).status == 403);
  const auto reading = corrected.browser(ticket(reader));
  CHECK(corrected.send("GET", kPath, reading).status == 200);
  CHECK(corrected.send("POST", kPath, reading, kRename).status == 403);
  CHECK(corrected.heartbeats_of("better") == 0);

  const auto writing = corrected.browser(ticket(corrected.writer()));
  auto from_elsewhere = writing;
  from_elsewhere.back().second = "https://evil.example";
  CHECK(corrected.send("POST", kPath, from_elsewhere, kRename).status == 403);
  auto without_origin = writing;
  without_origin.pop_back();
  CHECK(corrected.send("POST", kPath, without_origin, kRename).status == 401);
  CHECK(corrected.send("POST", kPath, writing, kRename).status == 201);
  const std::string link = corrected.hub.server().new_login_link();
  const auto local = corrected.browser(link.substr(corrected.hub.server().url().size()));
  CHECK(corrected.send("DELETE", kPath + "/1", local).status == 204);
}

TEST_CASE("a correction that does not read or makes no sense is 400 and says why", "[hub][io]") {
  CorrectedHub corrected;
  const auto writer = corrected.writer();
  const auto [body, message] = GENERATE(table<std::string, std::string>({
      {"[]", "body: is no JSON object"},
      {"{", "body: is no JSON object"},
      {R"({"project":"a"})", "kind: rename, hide, ignore or assign"},
      {R"({"kind":"paint"})", "kind: rename, hide, ignore or assign"},
      {R"({"kind":1})", "kind: is no text"},
      {R"({"kind":"hide","project":"a","colour":"x"})", "colour: no such member"},
      {R"({"kind":"hide"})", "project: a name is needed"},
      {R"({"kind":"assign","to":"a","from":"noon","until":"2026-09-01T08:00:00Z"})",
       "from: is no time as 2026-09-01T08:00:00Z"},
  }));
  const auto answer = corrected.send("POST", kPath, writer, body);
  CHECK(answer.status == 400);
  CHECK(json::parse(answer.body).at("error").at("message") == message);
  CHECK(corrected.send("DELETE", kPath + "/x", writer).status == 404);
  CHECK(corrected.send("DELETE", kPath, writer).status == 405);
  CHECK(corrected.send("GET", kPath + "/1", writer).status == 405);
}

TEST_CASE("who watches is told to ask again when something was corrected", "[hub][io]") {
  CorrectedHub corrected;
  RawClient watcher(corrected.hub.port());
  watcher.send(request_text("GET", "/api/v1/stream", corrected.hub.authority(),
                            {{"Authorization", corrected.hub.token()}}));
  (void)watcher.receive_until("retry:");
  const auto writer = corrected.writer();
  REQUIRE(corrected.send("POST", kPath, writer, kRename).status == 201);
  CHECK(watcher.receive_until("event: reset\n").contains("event: reset"));
  REQUIRE(corrected.send("DELETE", kPath + "/1", writer).status == 204);
  CHECK(watcher.receive_until("event: reset\n").contains("event: reset"));
}

}  // namespace vigil::agent::test
