#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>

#include "agent/cli/daemon_link.h"
#include "agent/cli/health.h"
#include "agent/cli/hub_access.h"
#include "agent/cli/run_command.h"
#include "agent/config/environment.h"
#include "agent/config/log_roots.h"
#include "agent/config/nearest_name.h"
#include "agent/config/settings.h"
#include "agent/identity/keys.h"
#include "agent/picture/painter.h"
#include "agent/terminal/printable.h"
#include "agent/terminal/table.h"
#include "base/json_text.h"

namespace vigil::agent {
namespace {

/// One thing that was looked at.
struct Finding {
  std::string subject;
  Health health = Health::ok;
  std::string what;
};

class Doctor {
 public:
  explicit Doctor(const CommandContext& context) : context_(context) {}

  std::vector<Finding> examine() {
    look_at_variables();
    look_at_identity();
    look_at_sources();
    look_at_watch_limits();
    look_at_projects();
    look_at_daemon();
    look_at_store();
    look_at_remains(context_.paths.state_dir);
    look_at_remains(std::string(parent_path(store_path(context_))));
    look_at_zone();
    look_at_fonts();
    return std::move(findings_);
  }

 private:
  void note(std::string subject, Health health, std::string what) {
    findings_.push_back({std::move(subject), health, std::move(what)});
  }

  [[nodiscard]] const FileSystem& files() const { return context_.platform.files; }

  /// A mistyped variable is no error, so it is looked for here.
  void look_at_variables() {
    std::vector<std::string_view> known;
    for (const auto& setting : settings()) {
      if (!setting.variable.empty()) known.push_back(setting.variable);
    }
    for (const auto& variable : plain_variables()) known.push_back(variable.name);
    for (const auto& [name, value] : context_.platform.environment.variables) {
      if (!name.starts_with("VIGIL_") || std::ranges::find(known, name) != known.end()) continue;
      note("environment", Health::degraded,
           name + " is no variable of this program" + suggestion(name, known));
    }
  }

  void look_at_identity() {
    if (context_.platform.seed != nullptr) {
      note("key", Health::ok, "given by the environment");
      return;
    }
    const auto identity = load_identity(files(), context_.paths.config_dir);
    if (!identity) {
      const bool none = identity.error().code == Errc::not_found;
      note("identity", none ? Health::degraded : Health::down, identity.error().message);
      return;
    }
    note("identity", Health::ok, identity->source.text());
    const auto keys = load_keys(files(), context_.paths.config_dir, *identity);
    if (keys) {
      note("key", Health::ok, crypto::key_id(keys->current.public_key()));
    } else {
      note("key", Health::degraded, keys.error().message);
    }
  }

  void look_at_sources() {
    const Environment& environment = context_.platform.environment;
    auto roots = claude_roots(context_.config(), environment, context_.paths);
    for (std::string& root : codex_roots(context_.config(), environment, context_.paths)) {
      roots.push_back(std::move(root));
    }
    bool any = false;
    for (const std::string& root : roots) {
      const auto entries = files().list(root);
      if (entries) {
        any = true;
        note("source", Health::ok, root);
      } else if (entries.error().code != Errc::not_found) {
        note("source", Health::degraded, entries.error().message);
      }
    }
    if (!any) note("source", Health::ok, "no logs yet; they are watched as soon as they appear");
  }

  void look_at_watch_limits() {
    const std::string path = "/proc/sys/fs/inotify/max_user_watches";
    const auto text = read_file(files(), path, 64);
    std::int64_t limit = 0;
    if (!text) return;
    std::from_chars(text->data(), text->data() + text->size(), limit);
    constexpr std::int64_t kComfortable = 8'192;
    note("inotify", limit < kComfortable ? Health::degraded : Health::ok,
         "max_user_watches is " + format_count(limit));
  }

  void look_at_projects() {
    const auto daemon = ask_running(context_, R"({"do":"status"})");
    if (!daemon) return;
    std::int64_t polled = 0;
    for (const JsonValue& tree : daemon->list("/projects/trees")) {
      polled += tree.integer("/polled").value_or(0);
      const std::string trouble = tree.text("/trouble").value_or("");
      if (!trouble.empty()) {
        note("project", Health::degraded, tree.text("/root").value_or("") + ": " + trouble);
      }
    }
    if (polled > 0) {
      note("inotify", Health::degraded,
           format_count(polled) +
               " folders are polled every 10 s: raise "
               "fs.inotify.max_user_watches, or projects.watch_share");
    }
    for (const JsonValue& place : daemon->list("/projects/places")) {
      const std::string why_not = place.text("/why_not").value_or("");
      std::string what = place.text("/format").value_or("");
      what.append(" in ").append(place.text("/path").value_or(""));
      if (!why_not.empty()) what.append(": ").append(why_not);
      note(place.text("/editor").value_or("editor"), Health::ok, std::move(what));
    }
  }

  void look_at_daemon() {
    const auto answer = ask_running(context_, R"({"do":"status"})");
    if (!answer) {
      note("agent", Health::degraded, answer.error().message);
      return;
    }
    const Verdict verdict = judge(*answer, std::nullopt);
    note("agent", verdict.health, "running");
    look_at_confinement(*answer);
    for (const std::string& reason : verdict.reasons) note("agent", verdict.health, reason);
  }

  /// Works without, so this never degrades; on an old kernel nobody could mend it.
  void look_at_confinement(const JsonValue& daemon) {
    const auto missing = daemon.list("/confinement/missing");
    if (missing.empty()) {
      note("confinement", Health::ok, "writes to its own folders only, starts no programs");
    }
    for (const JsonValue& what : missing) {
      note("confinement", Health::ok, "not in force: " + what.text("").value_or("?"));
    }
  }

  void look_at_store() {
    if (const auto hub = remote_hub(context_.config())) {
      const auto done =
          hub_client(context_, *hub, {}).get("/health", {}, [](std::string_view) { return true; });
      note("hub", done ? Health::ok : Health::degraded, done ? hub->url : done.error().message);
      return;
    }
    const auto body = ask_hub(context_, "/api/v1/stats", {{"tz", "UTC"}, {"range", "today"}});
    if (body) {
      note("store", Health::ok, store_path(context_));
    } else {
      const bool none = body.error().exit == Exit::missing;
      note("store", none ? Health::ok : Health::down, body.error().message);
    }
  }

  /// Databases that were found damaged and put aside.
  /// Pictures are drawn with what is installed; nothing else depends on it.
  void look_at_fonts() {
    const auto painter = Painter::load();
    if (!painter) return note("pictures", Health::ok, "only SVG: " + painter.error().message);
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kScripts{{
        {"Latin", "Vigil"},
        {"Arabic", "\u0645\u0634\u0631\u0648\u0639"},
        {"Chinese, Japanese and Korean", "\u65e5\u672c\u8a9e\ud55c\uae00"},
        {"emoji", "\U0001F680"},
    }};
    std::string missing;
    for (const auto& [script, sample] : kScripts) {
      if (!(*painter)->has_letters_of(sample)) missing += ", " + std::string(script);
    }
    if (missing.empty()) return note("pictures", Health::ok, "there are fonts for every script");
    note("pictures", Health::ok,
         "no font for " + missing.substr(2) +
             ": such names are drawn as boxes (fonts-noto-core, fonts-noto-cjk, "
             "fonts-noto-color-emoji)");
  }

  void look_at_remains(const std::string& folder) {
    const auto entries = files().list(folder);
    if (!entries) return;
    for (const auto& [name, kind] : *entries) {
      if (name.ends_with("-wal") || name.ends_with("-shm")) continue;
      const std::string path = join_path(folder, name);
      if (name.contains(".damaged-")) {
        note("damage", Health::degraded, path + ": the hub still copies what can be read of it");
      } else if (name.contains(".salvaged-")) {
        note("damage", Health::ok, path + ": what could be read of it was copied; kept for you");
      } else if (name.contains(".corrupt-")) {
        note("damage", Health::ok,
             path +
                 ": a damaged queue; the logs were read again, but what `agent heartbeat` had "
                 "queued may be in it only; kept for you");
      }
    }
  }

  void look_at_zone() { note("time zone", Health::ok, zone_name(context_)); }

  const CommandContext& context_;
  std::vector<Finding> findings_;
};

Health worst_of(const std::vector<Finding>& findings) {
  Health worst = Health::ok;
  for (const Finding& finding : findings) worst = std::max(worst, finding.health);
  return worst;
}

}  // namespace

Outcome run_command(const CommandContext& context, const DoctorCommand&) {
  const std::vector<Finding> findings = Doctor(context).examine();
  const Health worst = worst_of(findings);
  if (context.wants_json()) {
    JsonText json;
    json.begin_object().name("schema").text("agent.doctor/1").name("state").text(name_of(worst));
    json.name("findings").begin_list();
    for (const Finding& finding : findings) {
      json.begin_object().name("subject").text(finding.subject);
      json.name("state").text(name_of(finding.health)).name("what").text(finding.what);
      json.end_object();
    }
    context.console.out << std::move(json.end_list().end_object()).take() << '\n';
  } else {
    Table table({{}, {}, {}});
    for (const Finding& finding : findings) {
      table.add_row({std::string(name_of(finding.health)), finding.subject, finding.what});
    }
    context.console.out << table.text();
  }
  if (worst == Health::ok) return Exit::done;
  return worst == Health::down ? Exit::down : Exit::degraded;
}

}  // namespace vigil::agent
