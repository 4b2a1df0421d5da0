#include <algorithm>
#include <utility>

#include "watcher/tree_state.h"

namespace vigil::watcher {
namespace {

constexpr std::size_t kWorkAtOnce = 8192;     ///< of a step, in entries
constexpr std::size_t kWorkOfDirectory = 16;  ///< opening one costs as much as so many entries
constexpr std::size_t kWorkOfTimes = 3;       ///< an entry whose times are asked for, likewise
constexpr std::size_t kPolledAtOnce = 128;
constexpr std::chrono::seconds kPollPeriod{9};  ///< with the rest time in it all is seen in 10 s
constexpr milliseconds kRest{500};
constexpr milliseconds kRetry{1000};

bool is_never_entered(std::string_view name) {
  return name == ".git";
}

}  // namespace

// --- Which directory is next -------------------------------------------------------------------

void TreeWatcher::State::do_looks() {
  work_left = kWorkAtOnce;
  while (work_left > 0 && has_room() && do_next()) continue;
}

bool TreeWatcher::State::do_next() {
  if (!enter.empty()) {
    do_pushed(enter);
    return true;
  }
  if (do_later() || do_poll()) return true;
  if (sweep.empty()) return false;
  do_pushed(sweep);
  return true;
}

void TreeWatcher::State::do_pushed(std::vector<Look>& stack) {
  const Look next = stack.back();
  stack.pop_back();
  if (whole_place(next.node) == TreeNode::Place::apart) {
    held.push_back(next);
    return;
  }
  look(next);
  Root& root = *roots[next.root];
  if (next.why != Look::Why::sweep) {
    --root.entering;
  } else if (--root.sweeping == 0) {
    root.asks_now = false;
  }
}

/// `linked` where the path can be relied on, else why not.
TreeNode::Place TreeWatcher::State::whole_place(NodeId node) const {
  while (node != kNoNode && nodes.is_linked(node)) node = nodes[node].parent;
  return node == kNoNode ? TreeNode::Place::linked : nodes[node].place;
}

bool TreeWatcher::State::do_later() {
  const auto due = std::ranges::find_if(later, [&](const auto& one) { return one.due <= now; });
  if (due == later.end()) return false;
  const Look next = due->look;
  *due = later.back();
  later.pop_back();
  --roots[next.root]->waiting;
  if (whole_place(next.node) == TreeNode::Place::apart) {
    look_later(next, now + kRetry);
  } else {
    look(next);
  }
  return true;
}

void TreeWatcher::State::look_later(const Look& look, MonoTime due) {
  ++roots[look.root]->waiting;
  later.push_back({look, due});
}

bool TreeWatcher::State::do_poll() {
  if (polled.empty()) return false;
  if (poll_left == 0) {
    if (now < poll_due) return false;
    poll_left = std::min(kPolledAtOnce, polled.size());
    const auto period = std::chrono::nanoseconds(kPollPeriod);
    poll_due = now + period * poll_left / polled.size();
  }
  --poll_left;
  if (poll_next >= polled.size()) poll_next = 0;
  const Polled next = polled[poll_next++];
  if (whole_place(next.node) != TreeNode::Place::linked) return true;
  look({next.node, nodes[next.node].root, Look::Why::poll, 0, next.seen_ns});
  return true;
}

// --- Listing one -------------------------------------------------------------------------------

void TreeWatcher::State::look(const Look& look) {
  work_left -= std::min(work_left, kWorkOfDirectory);
  if (!nodes.is_linked(look.node)) return;
  Visit visit{.look = look, .path = nodes.path(look.node), .number = ++looks};
  visit.rest_ns = unix_ns(wall - kRest);
  visit.newest_ns = look.since_ns;
  if (!hold_watch(look, visit.path)) return gone(look.node);
  const auto detail = look.has_times() ? VisitDetail::times : VisitDetail::kinds;
  const auto about =
      files.visit(visit.path, detail, [&](const VisitedEntry& entry) { show(visit, entry); });
  const std::size_t cost = visit.entries * (look.has_times() ? kWorkOfTimes : 1);
  work_left -= std::min(work_left, cost);
  if (!about) return cannot_list(look, about.error());
  note_device(look.node, about->device, visit.path);
  drop_unseen(visit);
  end_visit(visit);
}

void TreeWatcher::State::cannot_list(const Look& look, const Error& error) {
  if (error.code == Errc::not_found) return gone(look.node);
  roots[look.root]->trouble = error.message;
  if (error.code == Errc::denied) return poll(look.node);
  look_later(look, now + kRetry);
}

void TreeWatcher::State::show(Visit& visit, const VisitedEntry& entry) {
  ++visit.entries;
  if (entry.kind == FileKind::directory) show_directory(visit, entry.name);
  if (entry.kind == FileKind::regular) show_file(visit, entry);
}

void TreeWatcher::State::show_directory(Visit& visit, std::string_view name) {
  const Look& look = visit.look;
  const Root& root = *roots[look.root];
  const bool is_sweep = look.why == Look::Why::sweep;
  NodeId child = nodes.child(look.node, name);
  const bool asks = child == kNoNode || (is_sweep && root.asks_now);
  if (asks && !may_enter(root, name, join_path(visit.path, name))) return;
  if (child == kNoNode) {
    const bool is_late = look.has_times();
    child = add_child(look.node, name, is_late ? Look::Why::late : look.why, look.since_ns);
  } else if (is_sweep) {
    sweep.push_back({child, look.root, Look::Why::sweep, 0, look.since_ns});
    ++roots[look.root]->sweeping;
  }
  nodes[child].seen = visit.number;
}

void TreeWatcher::State::show_file(Visit& visit, const VisitedEntry& entry) {
  const Look& look = visit.look;
  if (look.why == Look::Why::first || visit.entries <= look.skip || visit.is_cut) return;
  if (look.has_times()) {
    // A time to come is nobody's doing: files take mtimes along, from archives and other machines.
    const bool is_later = entry.modified_ns > entry.changed_ns && entry.modified_ns < visit.rest_ns;
    const std::int64_t changed_ns = is_later ? entry.modified_ns : entry.changed_ns;
    if (changed_ns <= look.since_ns) return;
    if (changed_ns > visit.rest_ns && look.why != Look::Why::again) {
      visit.is_restless = true;
      return;
    }
    visit.newest_ns = std::max(visit.newest_ns, changed_ns);
  }
  if (pending.size() >= limits.pending_max * 2) {
    visit.is_cut = true;
    visit.cut_at = visit.entries - 1;
    return;
  }
  TreeEvent event{.watch = static_cast<std::int32_t>(look.node), .name = std::string(entry.name)};
  event.what = TreeChange::found;
  if (look.why == Look::Why::fresh) event.what |= TreeChange::created;
  event.first = event.last = last_event;
  event.at = now;
  [[maybe_unused]] const bool kept = pending.add(std::move(event));  // it has no bound of its own
}

/// What was known in a directory and was not met there.
void TreeWatcher::State::drop_unseen(const Visit& visit) {
  std::vector<NodeId> unseen;
  for (NodeId child = nodes[visit.look.node].first_child; child != kNoNode;
       child = nodes[child].next) {
    if (nodes[child].seen != visit.number) unseen.push_back(child);
  }
  for (const NodeId child : unseen) leave(child);
}

void TreeWatcher::State::end_visit(const Visit& visit) {
  Look next = visit.look;
  if (visit.is_cut) {
    next.skip = visit.cut_at;
    if (next.why != Look::Why::fresh) next.why = Look::Why::late;
    return look_later(next, now);
  }
  const TreeNode& node = nodes[next.node];
  if (node.state == TreeNode::Watch::polled) {
    // By the files' own clock where it is another machine's.
    const bool is_remote = !devices[node.device].reports_changes;
    if (next.has_times()) polled[node.poll].seen_ns = is_remote ? visit.newest_ns : visit.rest_ns;
  } else if (visit.is_restless) {
    // Watched by now: what changes after this look is told by events, so one more look is enough.
    next = {next.node, next.root, Look::Why::again, 0, visit.rest_ns};
    look_later(next, now + kRest);
  }
}

// --- Entering ----------------------------------------------------------------------------------

bool TreeWatcher::State::may_enter(const Root& root, std::string_view name,
                                   const std::string& path) {
  if (root.kind == Root::Kind::flat || is_never_entered(name) || is_other_root(path)) return false;
  return !root.enters || root.enters(path);
}

NodeId TreeWatcher::State::add_child(NodeId parent, std::string_view name, Look::Why why,
                                     std::int64_t since_ns) {
  const NodeId child = nodes.add_child(parent, name);
  const RootId root = nodes[child].root;
  ++roots[root]->directories;
  ++roots[root]->entering;
  enter.push_back({child, root, why, 0, since_ns});
  return child;
}

/// A directory came by this name, as an event says.
void TreeWatcher::State::enter_made(NodeId parent, std::string_view name, const std::string& path) {
  const NodeId known = nodes.child(parent, name);
  if (known != kNoNode && is_known(known, path)) return;
  if (known != kNoNode) leave(known);
  if (!may_enter(*roots[nodes[parent].root], name, path)) return;
  [[maybe_unused]] const NodeId child = add_child(parent, name, Look::Why::fresh, 0);
}

/// Whether a directory that an event tells of was met by a look before.
bool TreeWatcher::State::is_known(NodeId child, const std::string& path) {
  switch (nodes[child].state) {
    case TreeNode::Watch::none: return true;  // about to be entered
    case TreeNode::Watch::polled:
    case TreeNode::Watch::shared: return true;
    case TreeNode::Watch::held: break;
  }
  const auto watch = source.watch(path);
  return watch && *watch == nodes[child].watch;
}

}  // namespace vigil::watcher
