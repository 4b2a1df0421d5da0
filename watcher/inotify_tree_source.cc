#include "watcher/inotify_tree_source.h"

#include <sys/inotify.h>

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/file_system.h"
#include "base/posix_stat.h"
#include "watcher/inotify_reader.h"
#include "watcher/merged_events.h"
#include "watcher/tree_change.h"

namespace vigil::watcher {
namespace {

constexpr std::uint32_t kMask = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM |
                                IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |
                                IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;

std::uint32_t what_of(std::uint32_t mask) {
  constexpr std::array<std::pair<std::uint32_t, TreeChange::What>, 6> kBits{
      {{IN_CREATE, TreeChange::created},
       {IN_MODIFY, TreeChange::modified},
       {IN_CLOSE_WRITE, TreeChange::closed},
       {IN_MOVED_TO, TreeChange::moved_in},
       {IN_MOVED_FROM, TreeChange::moved_out},
       {IN_DELETE, TreeChange::deleted}}};
  std::uint32_t what = 0;
  for (const auto& [bit, meaning] : kBits) {
    if ((mask & bit) != 0) what |= meaning;
  }
  return what;
}

/// What left a directory last, for what arrives in one with the same cookie. The kernel numbers
/// moves one by one and queues a departure before its arrival; only moves by many threads at once
/// can come in between.
class Departures {
 public:
  void note(std::uint32_t cookie, std::int32_t watch, std::string_view name) {
    Departure& slot = recent_.at(cookie % recent_.size());
    slot.cookie = cookie;
    slot.watch = watch;
    slot.name.assign(name);
  }

  void join_to(TreeEvent& arrival, std::uint32_t cookie) {
    Departure& slot = recent_.at(cookie % recent_.size());
    if (slot.watch < 0 || slot.cookie != cookie) return;
    arrival.from_watch = std::exchange(slot.watch, -1);
    arrival.from_name = std::move(slot.name);
  }

 private:
  struct Departure {
    std::uint32_t cookie = 0;
    std::int32_t watch = -1;
    std::string name;
  };
  std::array<Departure, 64> recent_;
};

}  // namespace

struct InotifyTreeSource::State {
  State(const Clock& the_clock, std::size_t pending_max) : clock(the_clock), pending(pending_max) {}

  const Clock& clock;
  // Under the reader's mutex.
  MergedEvents pending;
  Departures departures;
  std::uint64_t last = 0;
  bool overflowed = false;

  std::unique_ptr<InotifyReader> reader;  ///< last: its thread uses what stands before

  bool take_in(std::string_view records);
  void note(const inotify_event& raw, const char* name, MonoTime now);
};

// --- The reading thread ------------------------------------------------------------------------

bool InotifyTreeSource::State::take_in(std::string_view records) {
  const MonoTime now = clock.mono_now();
  for (std::size_t at = 0; at < records.size();) {
    inotify_event raw{};
    std::memcpy(&raw, records.data() + at, sizeof raw);
    const char* name = raw.len > 0 ? records.data() + at + sizeof raw : "";  // ends with NUL
    note(raw, name, now);
    at += sizeof raw + raw.len;
  }
  return overflowed || !pending.empty();
}

void InotifyTreeSource::State::note(const inotify_event& raw, const char* name, MonoTime now) {
  TreeEvent event{.watch = raw.wd, .what = what_of(raw.mask), .name = name, .at = now};
  event.first = event.last = ++last;
  if ((raw.mask & IN_Q_OVERFLOW) != 0) {
    overflowed = true;
    return;
  }
  if ((raw.mask & IN_IGNORED) != 0) {
    event.kind = TreeEvent::Kind::unwatched;
  } else if ((raw.mask & IN_MOVE_SELF) != 0) {
    event.kind = TreeEvent::Kind::moved;
  } else if (event.what == 0 || event.name.empty()) {
    return;  // what follows from a deletion of the directory is told by IN_IGNORED
  } else if ((raw.mask & IN_ISDIR) != 0) {
    event.kind = TreeEvent::Kind::directory;
    event.cookie = raw.cookie;
  }
  if ((raw.mask & IN_MOVED_FROM) != 0) departures.note(raw.cookie, raw.wd, name);
  if ((raw.mask & IN_MOVED_TO) != 0) departures.join_to(event, raw.cookie);
  if (!pending.add(std::move(event))) overflowed = true;
}

// --- The owner's side --------------------------------------------------------------------------

InotifyTreeSource::InotifyTreeSource(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<InotifyTreeSource>> InotifyTreeSource::create(const Clock& clock,
                                                                     std::size_t pending_max) {
  auto state = std::make_unique<State>(clock, pending_max);
  state->reader = VIGIL_TRY(InotifyReader::create(
      [raw = state.get()](std::string_view records) { return raw->take_in(records); }));
  return std::unique_ptr<InotifyTreeSource>(new InotifyTreeSource(std::move(state)));
}

InotifyTreeSource::~InotifyTreeSource() = default;

// Events of a directory may be read before its owner knows the number of its watch: they wait until
// take(), which the owner calls after watch() has returned.
Result<std::int32_t> InotifyTreeSource::watch(const std::string& directory) {
  const int watch = ::inotify_add_watch(state_->reader->inotify_fd(), directory.c_str(), kMask);
  if (watch < 0) return fail_errno(directory, "watch");
  return watch;
}

void InotifyTreeSource::unwatch(std::int32_t watch) {
  ::inotify_rm_watch(state_->reader->inotify_fd(), watch);
}

TreeEvents InotifyTreeSource::take() {
  TreeEvents taken;
  const std::scoped_lock lock(state_->reader->mutex());
  state_->reader->quieten();
  taken.events = state_->pending.take_all();
  taken.last = state_->last;
  taken.overflowed = std::exchange(state_->overflowed, false);
  taken.caught_up = !taken.overflowed && state_->reader->caught_up();
  return taken;
}

int InotifyTreeSource::wake_fd() const {
  return state_->reader->wake_fd();
}

// --- Without inotify ---------------------------------------------------------------------------

Result<std::int32_t> NullTreeSource::watch(const std::string& directory) {
  return fail(Errc::unavailable, directory + ": no inotify instance");
}

TreeEvents NullTreeSource::take() {
  TreeEvents taken;
  taken.caught_up = true;
  return taken;
}

std::unique_ptr<TreeSource> open_tree_source(const Clock& clock) {
  if (auto source = InotifyTreeSource::create(clock)) return *std::move(source);
  return std::make_unique<NullTreeSource>();
}

std::size_t share_of_watches(const FileSystem& files, double share) {
  constexpr std::size_t kSmallestDefault = 8192;
  std::size_t limit = kSmallestDefault;
  const auto text = read_file(files, "/proc/sys/fs/inotify/max_user_watches", 64);
  if (text) std::from_chars(text->data(), text->data() + text->size(), limit);
  return static_cast<std::size_t>(static_cast<double>(limit) * share);
}

}  // namespace vigil::watcher
