// Names that somebody else chose, and bodies made to cost more than they are worth.

#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/encoding.h"
#include "base/sanitizers.h"
#include "tests/hub/http/hub_fixture.h"
#include "tests/hub/store/sample_heartbeats.h"

namespace vigil::agent::test {
namespace {

/// Peak memory of this process, in KiB.
long peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Fragments that terminals, pages, databases and spreadsheets are known to act on.
std::vector<std::string> hostile_names(std::size_t count) {
  const std::vector<std::string> fragments{"\x1b[2J",
                                           "\x1b]0;title\x07",
                                           "\x1b[31m",
                                           "\x1bP",
                                           "\x9b\x33\x31m",
                                           "\r",
                                           "\n",
                                           "\b",
                                           "\x7f",
                                           std::string(1, '\0'),
                                           "\u202e",
                                           "\u202a",
                                           "\u2066",
                                           "\u2069",
                                           "\u200f",
                                           "\u061c",
                                           "\u0085",
                                           "\u009b",
                                           "\u2028",
                                           "\u2029",
                                           "\xff",
                                           "\xc0\xaf",
                                           "\xed\xa0\x80",
                                           "\xf4\x90\x80\x80",
                                           "<script>",
                                           "</script>",
                                           "<img src=x onerror=alert(1)>",
                                           "\"'>",
                                           "{{7*7}}",
                                           "${7*7}",
                                           "' OR 1=1 --",
                                           "'; DROP TABLE events; --",
                                           "%00",
                                           "%s%n",
                                           "../../etc/passwd",
                                           "=cmd|' /C calc'!A0",
                                           "a",
                                           "\t",
                                           "\u00e9",
                                           "\u4e2d"};
  std::mt19937 dice(20);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name;
    for (unsigned part = 0; part <= dice() % 5; ++part)
      name += fragments[dice() % fragments.size()];
    names.push_back(std::move(name));
  }
  return names;
}

bool can_act(std::string_view shown) {
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return true;
  }
  for (const std::string_view character :
       {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069",
        "\u200e", "\u200f", "\u061c", "\u0085", "\u009b", "\u2028", "\u2029"}) {
    if (shown.find(character) != std::string_view::npos) return true;
  }
  return false;
}

struct Posted {
  int status;
  std::chrono::milliseconds took;
};

Posted post(TestHub& hub, const Sender& sender, const std::string& body) {
  static int number = 0;
  const std::string batch = "bomb" + std::to_string(++number);
  const auto begun = std::chrono::steady_clock::now();
  const int status = hub.post_batch(sender, body, batch).status;
  return {status, std::chrono::duration_cast<std::chrono::milliseconds>(
                      std::chrono::steady_clock::now() - begun)};
}

}  // namespace

TEST_CASE("4,096 hostile names can move no cursor and turn no text", "[security][unit]") {
  for (const auto& name : hostile_names(4'096)) {
    const std::string shown = printable(name);
    INFO(to_hex(bytes_of(name)));
    REQUIRE_FALSE(can_act(shown));
    Table table({{}, {}});
    table.add_row({name, "1"});
    const std::string line = table.text();
    REQUIRE(line.ends_with('\n'));
    REQUIRE_FALSE(can_act(std::string_view(line).substr(0, line.size() - 1)));
  }
}

TEST_CASE("hostile names are only text to the store and its answers", "[security][io]") {
  HubOptions options;
  options.rates = {.requests_per_second = 0, .bytes_per_second = 0};
  TestHub hub(std::move(options));
  const Sender sender(1);
  hub.allow(sender);
  const auto names = hostile_names(512);
  auto heartbeats = sample_heartbeats(9, {.count = names.size()});
  for (std::size_t i = 0; i < names.size(); ++i) {
    heartbeats[i].project = heartbeats[i].branch = heartbeats[i].entity = names[i];
    heartbeats[i].model = heartbeats[i].tool = names[names.size() - 1 - i];
  }
  const std::string body = batch_body("laptop", "b1", heartbeats);
  const auto answer = hub.post_batch(sender, body, "b1");
  REQUIRE(answer.status == 200);
  const auto count = nlohmann::json::parse(answer.body).at("stored").get<std::size_t>();
  CHECK(count == names.size());

  const auto everything =
      hub.get("/api/v1/stats?from=2026-09-01&to=2026-09-30&by=project,model&tz=UTC");
  REQUIRE(everything.status == 200);
  const auto counted = std::ranges::count(heartbeats, "", &Heartbeat::same_as);
  CHECK(nlohmann::json::parse(everything.body).at("total").at("heartbeats") == counted);
  CHECK(everything.header("Content-Type").starts_with("application/json"));
  CHECK(everything.header("X-Content-Type-Options") == "nosniff");
  // Each asked for by its name: what is meant is that name and nothing else.
  for (const auto& filter : {"%27%20OR%201%3D1%20--", "%25", "_", "%22", "%27", "a%00"}) {
    const auto filtered = hub.get("/api/v1/stats?from=2026-09-01&to=2026-09-30&tz=UTC&project=" +
                                  std::string(filter));
    INFO(filter);
    if (filtered.status != 200) continue;
    CHECK(nlohmann::json::parse(filtered.body).at("total").at("heartbeats") < count / 4);
  }
  const auto lines = hub.get("/api/v1/export?format=ndjson&range=all_time");
  std::size_t exported = 0;
  for (std::size_t at = 0; (at = lines.body.find('\n', at)) != std::string::npos; ++at) ++exported;
  CHECK(exported == count);
  const auto table = hub.get("/api/v1/export?format=csv&range=all_time");
  CHECK(table.header("Content-Type").starts_with("text/csv"));
}

TEST_CASE("bodies made to cost time or memory are refused fast", "[security][io]") {
  HubOptions options;
  options.rates = {.requests_per_second = 0, .bytes_per_second = 0};
  TestHub hub(std::move(options));
  const Sender sender(1);
  hub.allow(sender);
  const auto event = [](const std::string& fields) {
    return R"([{"id":"evt_00000000000000000000","time":"2026-11-21T10:00:00.000Z",)"
           R"("actor":"agent","action":"edit")" +
           fields + "}]";
  };
  std::string many_keys;
  for (int i = 0; i < 60'000; ++i) many_keys += R"(,"k)" + std::to_string(i) + "\":1";
  std::string many_events = "[";
  for (int i = 0; i <= 10'000; ++i) many_events += "{},";
  many_events.back() = ']';
  struct Bomb {
    std::string what;
    std::string body;
    int status;
  };
  const std::vector<Bomb> bombs{
      {"a million brackets", std::string(1'000'000, '['), 400},
      {"a million brackets, closed", std::string(1'000'000, '[') + std::string(1'000'000, ']'),
       400},
      {"deep in a field", event(",\"x\":" + std::string(500'000, '[') + std::string(500'000, ']')),
       200},
      {"deep objects", std::string([] {
         std::string deep = "[";
         for (int i = 0; i < 200'000; ++i) deep += R"({"a":)";
         return deep;
       }()),
       400},
      {"10,001 events", many_events, 400},
      {"60,000 keys", event(many_keys), 200},
      {"one key 60,000 times", event([] {
         std::string keys;
         for (int i = 0; i < 60'000; ++i) keys += R"(,"lines":1)";
         return keys;
       }()),
       200},
      {"a text of a mebibyte", event(",\"project\":\"" + std::string(1 << 20, 'a') + "\""), 200},
      {"a number of a million digits", event(",\"lines\":" + std::string(1'000'000, '9')), 200},
      {"an exponent", event(",\"lines\":1e999999999"), 200},
      {"half a million escapes",
       event(",\"project\":\"" +
             [] {
               std::string text;
               for (int i = 0; i < 300'000; ++i) text += "\\u0000";
               return text;
             }() +
             "\""),
       200},
      {"blanks", std::string(kBatchBodyMax, ' '), 400},
  };
  (void)post(hub, sender, event(""));  // what an ordinary request costs is not counted
  const long before = peak_memory();
  for (const auto& [what, body, status] : bombs) {
    INFO(what);
    const auto [got, took] = post(hub, sender, body);
    std::printf("%-32s %8zu bytes  %d  %lld ms\n", what.c_str(), body.size(), got,
                static_cast<long long>(took.count()));
    // 200: the event is listed as rejected, or its unknown field is passed over.
    CHECK(got == status);
    CHECK(took < std::chrono::seconds(2));
  }
  const long grown = peak_memory() - before;
  std::printf("peak memory grew by %ld KiB\n", grown);
  // Sanitizers keep what was freed.
  if (!kAddressSanitized && !kThreadSanitized) CHECK(grown < 64 * 1'024);
  CHECK(hub.exchange(request_text("GET", "/health", hub.authority(), {})).status == 200);
}

}  // namespace vigil::agent::test
