#include "tests/agent/daemon/core_fixture.h"

#include <catch2/catch.hpp>
#include <csignal>

#include "base/digest.h"
#include "base/encoding.h"

namespace vigil::test {
namespace {

std::string record(WallTime time, std::string_view fields) {
  return R"({"sessionId":"s1","cwd":"/home/ada/demo","version":"1.0.20","timestamp":")" +
         format_rfc3339(time) + R"(",)" + std::string(fields) + "}\n";
}

std::vector<std::string> ids_in(std::string_view body) {
  constexpr std::string_view kMark = R"("id":"evt_)";
  std::vector<std::string> ids;
  for (auto at = body.find(kMark); at != std::string_view::npos; at = body.find(kMark, at + 1)) {
    ids.emplace_back(body.substr(at + 6, 24));
  }
  return ids;
}

}  // namespace

std::string prompt(std::size_t number, WallTime time) {
  return record(time, R"("uuid":"u-)" + std::to_string(number) +
                          R"(","type":"user","message":{"role":"user","content":"hello"})");
}

std::string reply(std::string_view message, WallTime time, int output_tokens) {
  return record(time,
                R"("uuid":"r-)" + std::to_string(output_tokens) +
                    R"(","type":"assistant","message":{"role":"assistant","model":"m-1","id":")" +
                    std::string(message) +
                    R"(","content":[{"type":"text","text":"x"}],"usage":{"input_tokens":5,)" +
                    R"("output_tokens":)" + std::to_string(output_tokens) + "}}");
}

FullDisk::FullDisk() {
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit none = before_;
  none.rlim_cur = 1;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
}

FullDisk::~FullDisk() {
  ::setrlimit(RLIMIT_FSIZE, &before_);
}

CoreFixture::CoreFixture(agent::OutboxLimits limits) : limits_(limits) {
  disk.mkdir(std::string(kLogFolder.substr(0, kLogFolder.size() - 1)));
  agent::LogSettings silent;
  silent.level = agent::LogLevel::off;
  log = agent::EventLog::open(silent).value();
  fallback = std::make_unique<agent::FallbackFile>(disk, "/state/fallback.log");
  disk.mkdir("/state");
  restart();
}

void CoreFixture::restart() {
  core.reset();
  logs.reset();
  delivery.reset();
  transport = std::make_unique<ScriptedTransport>();
  outbox.reopen(limits_);
  projects = std::make_unique<agent::ProjectFinder>(disk, "/home/ada");
  maker = std::make_unique<agent::HeartbeatMaker>(
      agent::Origins{kSource, "m1", "linux", "UTC", "/home/ada"},
      [](std::string_view session) { return "hash-of-" + std::string(session); }, *projects);
  agent::SinkSettings sink;
  sink.name = kHub;
  sink.url = "https://hub.test/api/v1/ingest";
  delivery = std::make_unique<agent::Delivery>(
      agent::DeliveryParts{*outbox, *transport, signer, outbox.random()}, kSource,
      std::vector{sink});
  REQUIRE(delivery->start(wall_now()));
  const auto format = parser::Format::claude_code;
  std::vector<watcher::Root> roots{
      {"/home/ada/.claude",
       [](std::string_view path) { return parser::is_session_log(format, path); },
       [](std::string_view path) { return parser::may_hold_session_logs(format, path); }}};
  logs = std::make_unique<watcher::LogWatcher>(disk, watches, std::move(roots),
                                               watcher::WatchLimits{});
  logs->restore(outbox->load_positions().value());
  core = std::make_unique<agent::AgentCore>(
      agent::CoreParts{*logs, *outbox, *fallback, *maker, *delivery, *log}, std::vector{format});
}

void CoreFixture::write_untold(std::string_view name, std::string_view lines) {
  disk.add(std::string(kLogFolder) + std::string(name), lines);
}

void CoreFixture::write(std::string_view name, std::string_view lines) {
  write_untold(name, lines);
  watches.touch(std::string(kLogFolder) + std::string(name));
}

void CoreFixture::step() {
  for (int i = 0; i < 10'000; ++i) {
    core->step(wall_now(), now());
    if (!core->has_more()) return;
  }
  FAIL("the core never comes to rest");
}

void CoreFixture::pass(milliseconds time) {
  clock.advance(time);
  step();
}

void CoreFixture::accept(std::size_t place) {
  const auto& request = transport->waiting().at(place).request;
  for (const auto& id : ids_in(request.body)) ++stored[id];
  const std::string batch(header_of(request, "Idempotency-Key"));
  transport->answer(200,
                    R"({"batch":")" + batch + R"(","digest":")" + to_hex(sha256(request.body)) +
                        R"(","rejected":[]})",
                    {}, place);
  step();
}

void CoreFixture::accept_all() {
  while (!transport->waiting().empty()) accept();
}

std::uint64_t CoreFixture::pending(agent::Lane lane) const {
  return const_cast<OutboxFixture&>(outbox)->backlog(kHub, lane).pending;
}

}  // namespace vigil::test
