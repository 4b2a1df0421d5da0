#include "agent/daemon/daemon_status.h"

#include "base/json_text.h"

namespace vigil::agent {
namespace {

std::int64_t whole(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

void add_watcher(const watcher::WatchStatus& status, JsonText& json) {
  json.name("watcher").begin_object();
  json.name("files").number(whole(status.files));
  json.name("directories").number(whole(status.directories));
  json.name("watches_failed").number(whole(status.watches_failed));
  json.name("polling_only").truth(status.polling_only);
  json.name("bytes_behind").number(whole(status.bytes_behind));
  json.name("bytes_total").number(whole(status.bytes_total));
  json.name("bytes_read").number(whole(status.bytes_read));
  json.name("lines_oversized").number(whole(status.lines_oversized));
  json.name("nul_bytes").number(whole(status.nul_bytes));
  json.name("overflows").number(whole(status.overflows));
  json.name("reconciles").number(whole(status.reconciles));
  json.name("gaps").number(whole(status.gaps));
  json.name("generations").number(whole(status.generations));
  json.name("unreadable").begin_list();
  for (const auto& path : status.unreadable) json.text(path);
  json.end_list().end_object();
}

void add_tree(const watcher::TreeStatus& tree, JsonText& json) {
  json.begin_object().name("root").text(tree.root);
  json.name("directories").number(whole(tree.directories));
  json.name("watched").number(whole(tree.watched)).name("polled").number(whole(tree.polled));
  json.name("ready").truth(tree.ready).name("trouble").text(tree.trouble).end_object();
}

void add_place(const PlaceStatus& place, JsonText& json) {
  json.begin_object().name("editor").text(place.editor).name("format").text(place.format);
  json.name("path").text(place.path).name("traces").number(whole(place.traces));
  if (place.last) json.name("last").text(format_rfc3339(*place.last));
  json.name("why_not").text(place.why_not).end_object();
}

void add_projects(const ProjectsStatus& projects, JsonText& json) {
  json.name("projects").begin_object().name("trees").begin_list();
  for (const auto& tree : projects.trees) add_tree(tree, json);
  json.end_list().name("places").begin_list();
  for (const auto& place : projects.places) add_place(place, json);
  json.end_list().name("writes").begin_object();
  for (std::size_t i = 0; i < kWriteReasons; ++i) {
    json.name(name_of(static_cast<WriteReason>(i))).number(whole(projects.writes.at(i)));
  }
  json.end_object().name("overflows").number(whole(projects.overflows)).end_object();
}

void add_confinement(const Confinement& confinement, JsonText& json) {
  json.name("confinement").begin_object();
  json.name("writes").truth(confinement.writes).name("calls").truth(confinement.calls);
  json.name("missing").begin_list();
  for (const auto& missing : confinement.missing) json.text(missing);
  json.end_list().end_object();
}

void add_sinks(const std::vector<SinkState>& sinks, JsonText& json) {
  json.name("sinks").begin_list();
  for (const auto& sink : sinks) {
    json.begin_object().name("name").text(sink.name.text()).name("url").text(sink.url);
    json.name("state").text(sink.state);
    json.name("pending").number(whole(sink.pending));
    json.name("delivered").number(whole(sink.delivered));
    json.name("quarantined").number(whole(sink.quarantined));
    json.name("evicted").number(whole(sink.evicted));
    json.name("attempts").number(static_cast<std::int64_t>(sink.attempts));
    json.name("last_error").text(sink.last_error).end_object();
  }
  json.end_list();
}

}  // namespace

std::string status_text(const DaemonStatus& status) {
  JsonText json;
  json.begin_object().name("ok").truth(true);
  json.name("pid").number(status.pid).name("version").text(VIGIL_VERSION);
  json.name("uptime_seconds").number(static_cast<std::int64_t>(status.uptime.count()));
  json.name("startup_us").number(static_cast<std::int64_t>(status.startup.count()));
  json.name("caught_up").truth(status.is_caught_up);
  json.name("queue_trouble").text(status.queue_trouble);
  json.name("key_trouble").text(status.key_trouble);
  json.name("hub");
  if (status.hub_url.empty()) {
    json.null();
  } else {
    json.begin_object().name("url").text(status.hub_url).end_object();
  }
  add_confinement(status.confinement, json);
  add_watcher(status.watcher, json);
  if (status.projects) add_projects(*status.projects, json);
  json.name("paused").truth(status.is_paused);
  add_sinks(status.sinks, json);
  return std::move(json.end_object()).take();
}

}  // namespace vigil::agent
