#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "agent/hub/auth.h"
#include "agent/hub/http_framing.h"
#include "agent/hub/ingest_gate.h"
#include "agent/hub/read_api.h"
#include "agent/hub/routes.h"
#include "base/check.h"
#include "base/posix_file_system.h"
#include "parser/log_parser.h"
#include "tests/fuzz/targets.h"
#include "tests/hub/http/hub_fixture.h"
#include "tests/hub/store/sample_heartbeats.h"
#include "tests/support/memory_file_system.h"

namespace vigil::fuzz {
namespace {

using namespace vigil::agent;
using agent::test::Sender;

constexpr std::string_view kAuthority = "127.0.0.1:4821";
constexpr WallTime kNow = vigil::test::ManualClock::kWallStart;
const HostPolicy kHosts{.port = 4821, .scheme = Scheme::http, .names = {"hub.example"}};

/// A request's text as the listener's parser would hand it on, for the lines that it lets pass.
Request parse_request_text(std::string_view text) {
  Request request;
  const auto next_line = [&text] {
    const std::size_t end = std::min(text.find("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    return line;
  };
  const std::string_view first = next_line();
  const std::size_t space = std::min(first.find(' '), first.size());
  request.method = first.substr(0, space);
  const std::string_view behind = first.substr(std::min(space + 1, first.size()));
  request.target = behind.substr(0, behind.find(' '));
  for (auto line = next_line(); !line.empty(); line = next_line()) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  request.body = text;
  request.body.reserve(request.body.size() + parser::kLinePadding);
  request.peer = "127.0.0.1";
  return request;
}

void check_answer(const Response& response) {
  check(response.status >= 200 && response.status < 600 && response.status != 500);
  check(!reason_phrase(response.status).empty());
  const std::string_view type = find_header(response.headers, "Content-Type");
  if (type.starts_with("application/json") && !response.stream) {
    check(nlohmann::json::accept(response.body));
  }
  const std::string head = head_text(response, Connection::close, BodyForm::sized);
  check(head.find("\r\n\r\n") == head.size() - 4);  // nothing ends the head but its end
}

/// A hub's reading side over a real store with some heartbeats in it.
struct ReadingHub {
  vigil::test::TemporaryDirectory folder;
  vigil::test::ManualClock clock;
  PosixFileSystem files;
  agent::test::CountingRandom random;
  RegistryFile registry{files, folder.file("registry.json")};
  TicketBox tickets;
  LiveFeed feed{0};
  std::optional<ReadApi> api;
  std::string token;

  ReadingHub() {
    const std::string path = folder.file("hub.db");
    auto store = *HubStore::open(path, {});
    const auto heartbeats = sample_heartbeats(7, {.count = 50});
    check(store->ingest(std::array{sample_batch(heartbeats)}).has_value());
    check(registry.create_if_missing(random).has_value());
    token = *ensure_cli_token(registry, files, folder.file("token"), random, clock);
    api.emplace(ReadApi::World{.registry = registry,
                               .tickets = tickets,
                               .feed = feed,
                               .clock = clock,
                               .random = random,
                               .hosts = kHosts,
                               .default_zone = "UTC",
                               .started = kNow},
                *HubReader::open(path));
  }
};

/// A gate that knows one source.
struct Gate {
  vigil::test::MemoryFileSystem files;
  StrictSources strict{files, "/hub/v1-sources"};
  Sender sender{1};
  Registry registry;
  IngestGate gate{RateLimits{.requests_per_second = 0, .bytes_per_second = 0}, strict, {}};

  Gate() { check(allow_source(registry, sender.line(), kNow).has_value()); }
};

}  // namespace

void http_request(std::string_view bytes) {
  static ReadingHub hub;
  Input input(bytes);
  const bool shows_token = input.byte() % 2 == 1;
  const std::string_view text = input.rest();
  const std::size_t end_of_head = text.find("\r\n\r\n");
  if (has_folded_line(text.substr(0, end_of_head))) return;

  Request request = parse_request_text(text);
  const auto framing = examine_framing(request, {});
  if (framing.fault) {
    check(framing.fault->status >= 400 && !framing.fault->code.empty());
    return;
  }
  check(!(framing.framing.is_chunked && framing.framing.content_length));
  if (!split_target(request)) return;
  check(request.path.starts_with('/') && !request.path.contains('\0'));
  check(!request.path.contains("/../") && !request.path.ends_with("/.."));
  if (auto refusal = screen(request, kHosts)) return check_answer(*refusal);
  const auto route = find_route(request);
  if (!route) return check_answer(route.error());
  if (*route == Route::health || *route == Route::ingest) return;
  if (shows_token) request.headers.emplace_back("Authorization", "Bearer " + hub.token);
  (void)hub.api->admit_change(*route, request);  // what would be changed is only looked at
  Response response = hub.api->answer(*route, request);
  check_answer(response);
  const bool is_public = *route == Route::login || *route == Route::page;
  const bool has_own = !request.headers.empty() && !request.header("Authorization").empty();
  if (!has_own && !is_public && request.header("Cookie").empty()) check(response.status == 401);
  for (int piece = 0; response.stream && piece < 4; ++piece) {
    if (response.stream->next().state != BodyStream::State::more) break;
  }
}

void ingest(std::string_view bytes) {
  static Gate known;
  Input input(bytes);
  const std::uint8_t mode = input.byte();
  Request request = parse_request_text(input.rest());
  if (!split_target(request)) return;
  if (mode % 4 == 1) request.headers = known.sender.headers_v0(request.body);
  if (mode % 4 == 2) {
    request.headers = known.sender.headers_v1(request.body, "b1", kAuthority, kNow);
    request.headers.emplace_back("Host", kAuthority);
    request.method = "POST";
    request.path = "/api/v1/ingest";
  }
  const auto admitted = known.gate.admit(request, known.registry, kNow, MonoTime{});
  if (!admitted) {
    check_answer(admitted.error());
    check(admitted.error().status >= 400);
    return;
  }
  check(admitted->source.text() == known.sender.source());
  check(admitted->digest == sha256(request.body));
  check(admitted->heartbeats.size() + admitted->rejected.size() <= kBatchEventsMax);
  (void)admitted->to_store();
  check_answer(ingest_answer(*admitted, {}, "00c0ffee00c0ffee"));
}

void registry(std::string_view input) {
  const auto registry = parse_registry(input);
  if (!registry) return;
  check(registry->keys.size() <= kSourceKeysMax && registry->tokens.size() <= kReadTokensMax);
  const std::string written = registry_text(*registry);
  const auto again = parse_registry(written);
  check(again.has_value());
  check(*again == *registry);
  check(registry_text(*again) == written);
}

}  // namespace vigil::fuzz
