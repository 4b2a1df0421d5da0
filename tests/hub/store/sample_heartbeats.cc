#include "tests/hub/store/sample_heartbeats.h"

#include <algorithm>
#include <random>

#include "agent/heartbeat/event_id.h"

namespace vigil::agent {
namespace {

class Sampler {
 public:
  Sampler(std::uint64_t seed, const SampleShape& shape) : random_(seed), shape_(shape) {}

  std::vector<Heartbeat> run() {
    std::vector<Heartbeat> samples;
    for (std::size_t i = 0; i < shape_.count; ++i) samples.push_back(sample());
    std::ranges::sort(samples, {}, &Heartbeat::time);
    return samples;
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string pick(const char* stem, std::size_t of) { return stem + std::to_string(below(of)); }

  Heartbeat sample() {
    Heartbeat heartbeat;
    const auto session = below(shape_.sessions);
    const auto ms = static_cast<std::int64_t>(below(static_cast<std::size_t>(shape_.span.count())));
    heartbeat.time = shape_.begin + milliseconds{ms};
    heartbeat.id = to_event_id({static_cast<std::uint64_t>(unix_ms(heartbeat.time)),
                                random_() % 100'000'000'000'000'000U});
    heartbeat.actor = one_in(20) ? Actor::unknown : one_in(5) ? Actor::human : Actor::agent;
    heartbeat.session = "session" + std::to_string(session);
    heartbeat.project = "project" + std::to_string(session % shape_.projects);
    heartbeat.app = session % 3 == 0 ? "codex" : "claude-code";
    heartbeat.app_version = "2.0." + std::to_string(session);
    heartbeat.machine = session % 2 == 0 ? "mach-a" : "mach-b";
    heartbeat.os = "linux";
    heartbeat.timezone = "Europe/Berlin";
    heartbeat.category = "ai coding";
    if (heartbeat.actor == Actor::human) {
      heartbeat.action = Action::prompt;
      heartbeat.prompt_length = static_cast<std::int64_t>(below(500));
    } else if (one_in(2)) {
      reply(heartbeat);
    } else {
      tool_call(heartbeat);
    }
    if (one_in(50)) rarities(heartbeat);
    return heartbeat;
  }

  void reply(Heartbeat& heartbeat) {
    heartbeat.action = one_in(40) ? Action::session_start : Action::reply;
    heartbeat.model = pick("model-", 3);
    heartbeat.tokens =
        Tokens{static_cast<std::int64_t>(below(1'000)), static_cast<std::int64_t>(below(90'000)),
               static_cast<std::int64_t>(below(5'000)), static_cast<std::int64_t>(below(3'000)), 0};
  }

  void tool_call(Heartbeat& heartbeat) {
    heartbeat.action = Action::edit;
    heartbeat.entity = pick("src/file", 200) + ".cc";
    heartbeat.entity_type = EntityType::file;
    heartbeat.language = pick("Language", 3);
    heartbeat.branch = pick("branch", 3);
    heartbeat.is_write = true;
    heartbeat.tool = "Edit";
    heartbeat.tool_class = ToolClass::write;
    heartbeat.ok = !one_in(10);
    heartbeat.lines_added = static_cast<std::int64_t>(below(100));
    heartbeat.lines_removed = static_cast<std::int64_t>(below(100));
  }

  void rarities(Heartbeat& heartbeat) {
    heartbeat.flags = {"clamped", "observed:7"};
    heartbeat.dependencies = {"", "cmake", "sqlite"};
    heartbeat.confidence = static_cast<double>(below(100)) / 100;
    heartbeat.parent_session = "parent";
    heartbeat.user_agent = "editor/1.0";
    heartbeat.lines = 100;
    heartbeat.lineno = 12;
    heartbeat.cursorpos = 4;
    heartbeat.project_root_count = 5;
    if (one_in(3)) heartbeat.same_as = "evt_00000000000000000000";
  }

  std::mt19937_64 random_;
  SampleShape shape_;
};

}  // namespace

std::vector<Heartbeat> sample_heartbeats(std::uint64_t seed, const SampleShape& shape) {
  return Sampler(seed, shape).run();
}

IngestBatch sample_batch(std::span<const Heartbeat> heartbeats, const std::string& source) {
  IngestBatch batch;
  batch.source = SourceId(source);
  batch.key_id = "key-1";
  batch.received = from_unix_ms(1'800'000'000'000);
  batch.heartbeats = heartbeats;
  return batch;
}

}  // namespace vigil::agent
