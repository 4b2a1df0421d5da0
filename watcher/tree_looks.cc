#include <algorithm>
#include <atomic>
#include <functional>
#include <system_error>
#include <thread>
#include <utility>

#include "watcher/tree_state.h"

namespace vigil::watcher {
namespace {

constexpr std::size_t kWorkAtOnce = 8192;     ///< of a step, in entries
constexpr std::size_t kWorkOfDirectory = 16;  ///< opening one costs as much as so many entries
constexpr std::size_t kWorkOfTimes = 3;       ///< an entry whose times are asked for, likewise
constexpr std::size_t kVisitsAtOnce = 128;
constexpr std::size_t kVisitsForTwo = 16;  ///< fewer are not worth a second thread
constexpr std::size_t kPolledAtOnce = 128;
constexpr std::chrono::seconds kPollPeriod{9};  ///< with the rest time in it all is seen in 10 s
constexpr milliseconds kRest{500};
constexpr milliseconds kRetry{1000};

/// None where the system has none to give.
std::jthread in_thread(const std::function<void()>& work) {
  try {
    return std::jthread(work);
  } catch (const std::system_error&) {
    return {};
  }
}

}  // namespace

// --- Which directory is next -------------------------------------------------------------------

void TreeWatcher::State::do_looks() {
  work_left = kWorkAtOnce;
  oldest_poll_ns.reset();
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

/// Several together, so that two threads can share the work, which is nearly all the kernel's.
void TreeWatcher::State::do_pushed(std::vector<Look>& stack) {
  std::vector<Visit> visits;
  for (std::size_t count = 0; count < kVisitsAtOnce && !stack.empty(); ++count) {
    const Look next = stack.back();
    stack.pop_back();
    if (whole_place(next.node) == TreeNode::Place::apart) {
      held.push_back(next);
      continue;
    }
    if (auto visit = begin_visit(next)) {
      visits.push_back(*std::move(visit));
    } else {
      finish(next);
    }
  }
  make_visits(visits);
  for (const auto& visit : visits) {
    end_visit(visit);
    finish(visit.look);
  }
}

void TreeWatcher::State::finish(const Look& look) {
  Root& root = *roots[look.root];
  if (look.why != Look::Why::sweep) {
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

// --- Visiting ----------------------------------------------------------------------------------

void TreeWatcher::State::Visit::make(const FileSystem& disk) {
  about = disk.visit(path, look.has_times() ? VisitDetail::times : VisitDetail::kinds,
                     [this](const VisitedEntry& entry) { show(entry); });
}

void TreeWatcher::State::Visit::show(const VisitedEntry& entry) {
  ++count;
  const bool is_file = entry.kind == FileKind::regular && look.why != Look::Why::first;
  if (entry.kind != FileKind::directory && !(is_file && is_told(entry))) return;
  entries.push_back({count, static_cast<std::uint32_t>(names.size()), entry.kind});
  names.append(entry.name).push_back('\0');
}

bool TreeWatcher::State::Visit::is_told(const VisitedEntry& file) {
  if (!look.has_times()) return true;
  // A time to come is nobody's doing: files take mtimes along, from archives and other machines.
  const bool is_later = file.modified_ns > file.changed_ns && file.modified_ns < rest_ns;
  const std::int64_t changed_ns = is_later ? file.modified_ns : file.changed_ns;
  if (changed_ns <= look.since_ns) return false;
  if (changed_ns > rest_ns && look.why != Look::Why::again) {
    is_restless = true;
    return false;
  }
  newest_ns = std::max(newest_ns, changed_ns);
  return true;
}

void TreeWatcher::State::make_visits(std::vector<Visit>& visits) const {
  std::atomic<std::size_t> next = 0;
  const auto make = [&] {
    for (std::size_t at = next++; at < visits.size(); at = next++) visits[at].make(files);
  };
  const std::jthread other = visits.size() < kVisitsForTwo ? std::jthread() : in_thread(make);
  make();
}

void TreeWatcher::State::look(const Look& look) {
  auto visit = begin_visit(look);
  if (!visit) return;
  visit->make(files);
  end_visit(*visit);
}

/// Nothing where there is nothing to visit.
std::optional<TreeWatcher::State::Visit> TreeWatcher::State::begin_visit(const Look& look) {
  work_left -= std::min(work_left, kWorkOfDirectory);
  if (!nodes.is_linked(look.node)) return std::nullopt;
  Visit visit{.look = look, .path = nodes.path(look.node), .rest_ns = unix_ns(wall - kRest)};
  if (const auto place = nodes[look.node].poll; place != kNoNode) {
    visit.look.since_ns = std::min(look.since_ns, polled[place].seen_ns);
  }
  visit.newest_ns = visit.look.since_ns;
  switch (hold_watch(look, visit.path)) {
    case Hold::yes: return visit;
    case Hold::another: replaced(look); break;
    case Hold::none: gone(look); break;
  }
  return std::nullopt;
}

void TreeWatcher::State::end_visit(const Visit& visit) {
  const Look& look = visit.look;
  work_left -= std::min(work_left, visit.count * (look.has_times() ? kWorkOfTimes : 1));
  if (!nodes.is_linked(look.node)) return;
  if (!visit.about) return cannot_list(look, visit.about.error());
  note_device(look.node, visit.about->device, visit.path);
  ++looks;
  std::uint32_t cut_at = 0;
  for (const auto& entry : visit.entries) {
    const char* name = visit.names.data() + entry.name;
    if (entry.kind == FileKind::directory) {
      meet_directory(visit, name);
    } else if (entry.number > look.skip && cut_at == 0) {
      if (pending.size() >= limits.pending_max * 2) cut_at = entry.number;
      if (cut_at == 0) tell_found(visit, name);
    }
  }
  drop_unseen(visit);
  if (cut_at > 0) return cut(visit, cut_at);
  rest(visit);
}

void TreeWatcher::State::cannot_list(const Look& look, const Error& error) {
  if (error.code == Errc::not_found) return gone(look);
  roots[look.root]->trouble = error.message;
  if (error.code != Errc::busy) return poll(look.node);  // asked again with those that are polled
  look_later(look, now + kRetry);                        // too many open files: soon over
}

void TreeWatcher::State::meet_directory(const Visit& visit, std::string_view name) {
  const Look& look = visit.look;
  const Root& root = *roots[look.root];
  const bool is_sweep = look.why == Look::Why::sweep;
  NodeId child = nodes.child(look.node, name);
  const bool asks = child == kNoNode || (is_sweep && root.asks_now);
  if (asks && !may_enter(root, join_path(visit.path, name))) {
    if (child != kNoNode) leave(child);
    return;
  }
  if (child == kNoNode) {
    const auto why = look.has_times() ? Look::Why::late : look.why;
    child = add_child(look.node, name, why,
                      look.why == Look::Why::poll ? oldest_poll(look.since_ns) : look.since_ns);
  } else if (is_sweep) {
    // Whoever puts another directory into its place changes the one that holds it.
    const bool may_differ = visit.about->changed_ns > look.since_ns;
    sweep.push_back({child, look.root, Look::Why::sweep, 0, look.since_ns, may_differ});
    ++roots[look.root]->sweeping;
  }
  nodes[child].seen = looks;
}

/// What comes into a polled directory may come from another one, where nobody had looked for
/// longer.
std::int64_t TreeWatcher::State::oldest_poll(std::int64_t here_ns) {
  if (polled.empty()) return here_ns;
  if (!oldest_poll_ns) oldest_poll_ns = std::ranges::min(polled, {}, &Polled::seen_ns).seen_ns;
  return std::min(*oldest_poll_ns, here_ns);
}

void TreeWatcher::State::tell_found(const Visit& visit, std::string_view name) {
  const Look& look = visit.look;
  TreeEvent event{.watch = static_cast<std::int32_t>(look.node), .name = std::string(name)};
  event.what = TreeChange::found;
  if (look.why == Look::Why::fresh) event.what |= TreeChange::created;
  event.first = event.last = last_event;
  event.at = now;
  [[maybe_unused]] const bool kept = pending.add(std::move(event));  // it has no bound of its own
}

/// There are too many changes: the entries from here on another time, when these were taken.
void TreeWatcher::State::cut(const Visit& visit, std::uint32_t number) {
  Look rest = visit.look;
  rest.skip = number - 1;
  if (rest.why != Look::Why::fresh) rest.why = Look::Why::late;
  look_later(rest, now);
}

/// What was known in a directory and was not met there.
void TreeWatcher::State::drop_unseen(const Visit& visit) {
  const Look& look = visit.look;
  std::vector<NodeId> unseen;
  for (NodeId child = nodes[look.node].first_child; child != kNoNode; child = nodes[child].next) {
    if (nodes[child].seen != looks) unseen.push_back(child);
  }
  if (unseen.empty()) return;
  if (nodes[look.node].state == TreeNode::Watch::held && !look.is_certain()) {
    return try_again({look.node, look.root, Look::Why::again, 0, visit.rest_ns, true, look.tries});
  }
  for (const NodeId child : unseen) leave(child);
}

/// What was not at rest is found another time.
void TreeWatcher::State::rest(const Visit& visit) {
  const Look& look = visit.look;
  const TreeNode& node = nodes[look.node];
  if (node.state == TreeNode::Watch::polled) {
    // By the files' own clock where it is another machine's.
    const bool is_remote = !devices[node.device].reports_changes;
    if (look.has_times()) polled[node.poll].seen_ns = is_remote ? visit.newest_ns : visit.rest_ns;
  } else if (visit.is_restless) {
    // Watched by now: what changes after this look is told by events, so one more look is enough.
    look_later({look.node, look.root, Look::Why::again, 0, visit.rest_ns}, now + kRest);
  }
}

// --- Entering ----------------------------------------------------------------------------------

bool TreeWatcher::State::may_enter(const Root& root, const std::string& path) {
  if (root.kind == Root::Kind::flat || is_other_root(path)) return false;
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

/// A directory came by this name, as an event says; a look may have met it before.
void TreeWatcher::State::enter_made(NodeId parent, std::string_view name, const std::string& path) {
  const NodeId known = nodes.child(parent, name);
  const RootId root = nodes[parent].root;
  if (known != kNoNode) {
    if (has_path(known, path)) return;
    return look_later({known, root, Look::Why::again, 0, unix_ns(good_until), true}, now);
  }
  if (!may_enter(*roots[root], path)) return;
  [[maybe_unused]] const NodeId child = add_child(parent, name, Look::Why::fresh, 0);
}

}  // namespace vigil::watcher
