// Reads every session log below a root once and prints token totals: watcher, parser, identity and
// dedupe without the queue. What `scripts/bench` sets against ccusage, and profilers look at.
//
//   scan_bench claude_code|codex ROOT

#include <cstdio>
#include <map>
#include <string>
#include <unordered_map>

#include "agent/heartbeat/event_id.h"
#include "base/posix_file_system.h"
#include "base/system_clock.h"
#include "parser/log_parser.h"
#include "watcher/log_watcher.h"
#include "watcher/null_watch_source.h"

namespace vigil {
namespace {

struct KeyHash {
  std::size_t operator()(const agent::EventKey& key) const { return key.hash; }
};

/// One count per event: the greatest revision of each reply, and every other event once.
class Totals {
 public:
  void add(const parser::Activity& activity) {
    ++activities_;
    if (!activity.tokens) return;
    const auto key = agent::to_event_key(ids_.make(activity.identity).text());
    auto& [revision, model, tokens] = replies_[*key];
    if (tokens.output != 0 && revision > activity.revision) return;
    revision = activity.revision;
    tokens = *activity.tokens;
    model = &*models_.try_emplace(activity.model).first;
  }

  void print() {
    for (const auto& [key, reply] : replies_) {
      parser::Tokens& sum = reply.model->second;
      sum.input += reply.tokens.input;
      sum.cache_read += reply.tokens.cache_read;
      sum.cache_write += reply.tokens.cache_write;
      sum.output += reply.tokens.output;
    }
    std::printf("{\"activities\":%zu,\"replies\":%zu,\"models\":{", activities_, replies_.size());
    const char* comma = "";
    for (const auto& [model, sum] : models_) {
      std::printf("%s\"%s\":{\"input\":%ld,\"cache_read\":%ld,\"cache_write\":%ld,\"output\":%ld}",
                  comma, model.c_str(), sum.input, sum.cache_read, sum.cache_write, sum.output);
      comma = ",";
    }
    std::printf("}}\n");
  }

 private:
  using Model = std::pair<const std::string, parser::Tokens>;
  struct Reply {
    std::uint32_t revision = 0;
    Model* model = nullptr;
    parser::Tokens tokens;
  };

  std::size_t activities_ = 0;
  agent::EventIdMaker ids_{SourceId("bench")};
  std::map<std::string, parser::Tokens> models_;
  std::unordered_map<agent::EventKey, Reply, KeyHash> replies_;
};

int scan(parser::Format format, const std::string& root) {
  PosixFileSystem files;
  watcher::NullWatchSource watches;
  SystemClock clock;
  watcher::LogWatcher logs(
      files, watches,
      {{root, [format](std::string_view path) { return parser::is_session_log(format, path); },
        [format](std::string_view path) { return parser::may_hold_session_logs(format, path); }}},
      {});
  std::unordered_map<std::uint64_t, std::unique_ptr<parser::LogParser>> parsers;
  Totals totals;
  logs.step(clock.mono_now(), clock.wall_now());
  while (const auto slice = logs.next_slice(clock.mono_now())) {
    auto& parser = parsers[slice->file];
    if (slice->from_start) parser = parser::make_log_parser(format, slice->path);
    for (const auto line : slice->lines) {
      for (const auto& activity : parser->parse_line(line)) totals.add(activity);
    }
    if (!slice->behind) parsers.erase(slice->file);
    logs.commit();
  }
  totals.print();
  return 0;
}

}  // namespace
}  // namespace vigil

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const bool is_codex = std::string_view(argv[1]) == "codex";
  return vigil::scan(is_codex ? vigil::parser::Format::codex : vigil::parser::Format::claude_code,
                     argv[2]);
}
