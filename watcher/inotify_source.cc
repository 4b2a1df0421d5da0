#include "watcher/inotify_source.h"

#include <sys/inotify.h>

#include <cstring>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/failpoint.h"
#include "base/posix_stat.h"
#include "watcher/inotify_reader.h"
#include "watcher/null_watch_source.h"
#include "watcher/pending_changes.h"

namespace vigil::watcher {
namespace {

constexpr std::uint32_t kMask = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM |
                                IN_MOVED_TO | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF |
                                IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::uint32_t kGone = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT;

}  // namespace

struct InotifySource::State {
  explicit State(std::size_t pending_max) : pending(pending_max) {}

  // Under the reader's mutex.
  PendingChanges pending;
  std::unordered_map<int, std::string> path_of;
  std::unordered_map<std::string, int> watch_of;

  std::unique_ptr<InotifyReader> reader;  ///< last: its thread uses what stands before

  bool take_in(std::string_view records);
  void note(const inotify_event& event);
  void forget(int watch);
};

// --- The reading thread ------------------------------------------------------------------------

bool InotifySource::State::take_in(std::string_view records) {
  failpoint("watch.event");
  for (std::size_t at = 0; at < records.size();) {
    inotify_event event{};
    std::memcpy(&event, records.data() + at, sizeof event);
    const char* name = records.data() + at + sizeof event;
    if ((event.mask & (kGone | IN_IGNORED | IN_Q_OVERFLOW)) != 0) {
      note(event);
    } else if (event.len > 0) {
      pending.add(event.wd, name);  // ends with NUL
    }
    at += sizeof event + event.len;
  }
  return !pending.empty();
}

void InotifySource::State::note(const inotify_event& event) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) return pending.overflow();
  if ((event.mask & kGone) != 0) pending.add(event.wd, "");
}

// --- The owner's side --------------------------------------------------------------------------

InotifySource::InotifySource(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<InotifySource>> InotifySource::create(std::size_t pending_max) {
  auto state = std::make_unique<State>(pending_max);
  state->reader = VIGIL_TRY(InotifyReader::create(
      [raw = state.get()](std::string_view records) { return raw->take_in(records); }));
  return std::unique_ptr<InotifySource>(new InotifySource(std::move(state)));
}

InotifySource::~InotifySource() = default;

Result<void> InotifySource::watch(const std::string& directory) {
  // Under the lock, so that no event comes before it is known whose it is.
  const std::scoped_lock lock(state_->reader->mutex());
  failpoint("watch.add");
  const int watch = ::inotify_add_watch(state_->reader->inotify_fd(), directory.c_str(), kMask);
  if (watch < 0) return fail_errno(directory, "watch");
  const auto known = state_->watch_of.find(directory);
  if (known != state_->watch_of.end() && known->second != watch) {
    // The path leads to another directory now; nobody wants to hear of the old one.
    ::inotify_rm_watch(state_->reader->inotify_fd(), known->second);
    state_->forget(known->second);
  }
  // A directory that has moved keeps its watch: from here on it goes by its new name.
  state_->forget(watch);
  state_->path_of[watch] = directory;
  state_->watch_of[directory] = watch;
  return {};
}

void InotifySource::State::forget(int watch) {
  const auto found = path_of.find(watch);
  if (found == path_of.end()) return;
  watch_of.erase(found->second);
  path_of.erase(found);
}

void InotifySource::unwatch(const std::string& directory) {
  const std::scoped_lock lock(state_->reader->mutex());
  const auto found = state_->watch_of.find(directory);
  if (found == state_->watch_of.end()) return;
  const int watch = found->second;
  ::inotify_rm_watch(state_->reader->inotify_fd(), watch);
  state_->forget(watch);
}

std::vector<WatchEvent> InotifySource::take() {
  const std::scoped_lock lock(state_->reader->mutex());
  state_->reader->quieten();
  PendingChanges::Taken taken = state_->pending.take();
  if (taken.overflowed) return {WatchEvent{WatchEvent::Kind::overflow, "", ""}};
  std::vector<WatchEvent> events;
  events.reserve(taken.changes.size());
  for (auto& change : taken.changes) {
    const auto path = state_->path_of.find(change.watch);
    if (path == state_->path_of.end()) continue;  // nobody watches it any more
    const auto kind =
        change.name.empty() ? WatchEvent::Kind::directory_gone : WatchEvent::Kind::entry;
    events.push_back({kind, path->second, std::move(change.name)});
  }
  return events;
}

int InotifySource::wake_fd() const {
  return state_->reader->wake_fd();
}

std::unique_ptr<WatchSource> open_watch_source() {
  if (auto source = InotifySource::create()) return *std::move(source);
  return std::make_unique<NullWatchSource>();
}

}  // namespace vigil::watcher
