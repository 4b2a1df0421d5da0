// Reads every session log below a root once and prints token totals: watcher, parser, identity and
// dedupe without the queue. What `scripts/bench` sets against ccusage, and profilers look at.
//
//   scan_bench claude_code|codex ROOT

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/heartbeat/event_id.h"
#include "base/posix_file_system.h"
#include "base/system_clock.h"
#include "parser/log_parser.h"
#include "watcher/log_watcher.h"
#include "watcher/null_watch_source.h"

namespace vigil {
namespace {

/// One count per event: every reply once, by its greatest revision, however many lines and files
/// repeat it.
class Totals {
 public:
  void add(const parser::Activity& activity) {
    ++activities_;
    if (!activity.tokens) return;
    if (activity.identity.key != last_identity_) {
      last_identity_ = activity.identity.key;
      replies_.push_back({ids_.make_key(activity.identity), 0, model(activity.model), {}});
    }
    Reply& reply = replies_.back();
    reply.revision = activity.revision;
    reply.tokens = *activity.tokens;
  }

  void print() {
    std::ranges::sort(replies_, [](const Reply& a, const Reply& b) {
      return std::pair(a.key, a.revision) < std::pair(b.key, b.revision);
    });
    std::map<std::string, parser::Tokens> sums;
    std::size_t count = 0;
    for (std::size_t i = 0; i < replies_.size(); ++i) {
      if (i + 1 < replies_.size() && replies_[i].key == replies_[i + 1].key) continue;
      ++count;
      parser::Tokens& sum = sums[models_[replies_[i].model]];
      sum.input += replies_[i].tokens.input;
      sum.cache_read += replies_[i].tokens.cache_read;
      sum.cache_write += replies_[i].tokens.cache_write;
      sum.output += replies_[i].tokens.output;
    }
    std::printf("{\"activities\":%zu,\"replies\":%zu,\"models\":{", activities_, count);
    const char* comma = "";
    for (const auto& [model, sum] : sums) {
      std::printf("%s\"%s\":{\"input\":%ld,\"cache_read\":%ld,\"cache_write\":%ld,\"output\":%ld}",
                  comma, model.c_str(), sum.input, sum.cache_read, sum.cache_write, sum.output);
      comma = ",";
    }
    std::printf("}}\n");
  }

 private:
  struct Reply {
    agent::EventKey key;
    std::uint32_t revision = 0;
    std::uint32_t model = 0;
    parser::Tokens tokens;
  };

  std::uint32_t model(const std::string& name) {
    const auto known = std::ranges::find(models_, name);
    if (known == models_.end()) {
      models_.push_back(name);
      return static_cast<std::uint32_t>(models_.size() - 1);
    }
    return static_cast<std::uint32_t>(known - models_.begin());
  }

  std::size_t activities_ = 0;
  agent::EventIdMaker ids_{SourceId("bench")};
  std::string last_identity_;
  std::vector<std::string> models_;
  std::vector<Reply> replies_;
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
    auto& log = parsers[slice->file];
    if (slice->from_start) log = parser::make_log_parser(format, slice->path);
    for (const auto line : slice->lines) {
      for (const auto& activity : log->parse_line(line)) totals.add(activity);
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
