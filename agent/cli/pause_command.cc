#include <ostream>
#include <utility>

#include "agent/cli/daemon_link.h"
#include "agent/cli/run_command.h"
#include "agent/config/units.h"
#include "agent/privacy/pause_book.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

void tell(const CommandContext& context, const Pause* pause) {
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.pause/1").name("paused").truth(pause != nullptr);
    if (pause != nullptr) json.name("since").text(format_rfc3339(pause->since));
    if (pause != nullptr && pause->until) json.name("until").text(format_rfc3339(*pause->until));
    context.console.out << std::move(json.end_object()).take() << '\n';
    return;
  }
  if (pause == nullptr) {
    context.console.out << "recording\n";
  } else if (pause->until) {
    context.console.out << "nothing is recorded until " << format_rfc3339(*pause->until) << '\n';
  } else {
    context.console.out << "nothing is recorded until `agent resume`\n";
  }
}

}  // namespace

Outcome run_command(const CommandContext& context, const PauseCommand& command) {
  FileSystem& files = context.platform.files;
  const WallTime now = context.platform.clock.wall_now();
  auto book = PauseBook::load(files, context.paths.pauses_file());
  if (!book) return failure_of(std::move(book).error());
  if (command.ends) {
    if (!book->resume(now)) {
      return std::unexpected(Failure{Exit::missing, "not_paused", "nothing is paused", {}});
    }
  } else {
    std::optional<WallTime> until;
    if (!command.duration.empty()) {
      const auto duration = parse_duration(command.duration);
      if (!duration || duration->count() <= 0) {
        return std::unexpected(Failure{Exit::usage, "usage",
                                       "\"" + command.duration + "\" is no duration: 30min, 2h, 1d",
                                       "agent pause --help"});
      }
      until = now + *duration;
    }
    book->pause(now, until);
  }
  if (auto made = files.make_directories(context.paths.config_dir, 0700); !made) {
    return failure_of(std::move(made).error());
  }
  if (auto saved = book->save(files, context.paths.pauses_file()); !saved) {
    return failure_of(std::move(saved).error());
  }
  // Where no agent runs, the next one reads the file.
  const auto told = ask_running(context, R"({"do":"pauses"})");
  if (!told && told.error().exit != Exit::unreachable) return std::unexpected(told.error());
  tell(context, book->current(now));
  return Exit::done;
}

}  // namespace vigil::agent
