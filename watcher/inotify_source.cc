#include "watcher/inotify_source.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/failpoint.h"
#include "base/unique_fd.h"
#include "watcher/null_watch_source.h"
#include "watcher/pending_changes.h"

namespace vigil::watcher {
namespace {

constexpr std::uint32_t kMask = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM |
                                IN_MOVED_TO | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF |
                                IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::uint32_t kGone = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT;
constexpr std::size_t kReadSize = 256 * 1024;

std::unexpected<Error> fail_errno(const std::string& what) {
  const int number = errno;
  Errc code = Errc::io;
  if (number == ENOENT || number == ENOTDIR) code = Errc::not_found;
  if (number == EACCES || number == EPERM) code = Errc::denied;
  if (number == ENOSPC) code = Errc::full;
  return fail(code, what + ": watch: " + std::generic_category().message(number));
}

void signal_event(int fd) {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, which wakes just as well.
  [[maybe_unused]] const ssize_t written = ::write(fd, &one, sizeof one);
}

/// Signals belong to the program's own threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

struct InotifySource::State {
  explicit State(std::size_t pending_max) : pending(pending_max) {}

  UniqueFd inotify;
  UniqueFd wake;  ///< eventfd: readable while `pending` is not empty
  UniqueFd stop;  ///< eventfd: ends the thread

  std::mutex mutex;  ///< of what follows
  PendingChanges pending;
  std::unordered_map<int, std::string> path_of;
  std::unordered_map<std::string, int> watch_of;

  std::thread reader;

  void run();
  void take_in(const char* bytes, std::size_t size);
  void note(const inotify_event& event);
  void forget(int watch);
};

// --- The reading thread ------------------------------------------------------------------------

void InotifySource::State::run() {
  const auto buffer = std::make_unique<char[]>(kReadSize);
  std::array<pollfd, 2> fds{{{inotify.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
  for (;;) {
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return;
    if (fds[1].revents != 0) return;
    const ssize_t got = ::read(inotify.get(), buffer.get(), kReadSize);
    if (got > 0) take_in(buffer.get(), static_cast<std::size_t>(got));
  }
}

void InotifySource::State::take_in(const char* bytes, std::size_t size) {
  const std::scoped_lock lock(mutex);
  const bool slept = pending.empty();
  failpoint("watch.event");
  for (std::size_t at = 0; at < size;) {
    inotify_event event{};
    std::memcpy(&event, bytes + at, sizeof event);
    const char* name = bytes + at + sizeof event;
    if ((event.mask & (kGone | IN_IGNORED | IN_Q_OVERFLOW)) != 0) {
      note(event);
    } else if (event.len > 0) {
      pending.add(event.wd, name);  // ends with NUL
    }
    at += sizeof event + event.len;
  }
  if (slept && !pending.empty()) signal_event(wake.get());
}

void InotifySource::State::note(const inotify_event& event) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) return pending.overflow();
  if ((event.mask & kGone) != 0) pending.add(event.wd, "");
}

// --- The owner's side --------------------------------------------------------------------------

InotifySource::InotifySource(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<InotifySource>> InotifySource::create(std::size_t pending_max) {
  auto state = std::make_unique<State>(pending_max);
  state->inotify.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  state->wake.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  state->stop.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!state->inotify || !state->wake || !state->stop) {
    return fail(Errc::unavailable, "inotify: " + std::generic_category().message(errno));
  }
  const SignalsBlocked while_it_starts;
  state->reader = std::thread(&State::run, state.get());
  return std::unique_ptr<InotifySource>(new InotifySource(std::move(state)));
}

InotifySource::~InotifySource() {
  signal_event(state_->stop.get());
  state_->reader.join();
}

Result<void> InotifySource::watch(const std::string& directory) {
  // Under the lock, so that no event comes before it is known whose it is.
  const std::scoped_lock lock(state_->mutex);
  failpoint("watch.add");
  const int watch = ::inotify_add_watch(state_->inotify.get(), directory.c_str(), kMask);
  if (watch < 0) return fail_errno(directory);
  const auto known = state_->watch_of.find(directory);
  if (known != state_->watch_of.end() && known->second != watch) {
    // The path leads to another directory now; nobody wants to hear of the old one.
    ::inotify_rm_watch(state_->inotify.get(), known->second);
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
  const std::scoped_lock lock(state_->mutex);
  const auto found = state_->watch_of.find(directory);
  if (found == state_->watch_of.end()) return;
  const int watch = found->second;
  ::inotify_rm_watch(state_->inotify.get(), watch);
  state_->forget(watch);
}

std::vector<WatchEvent> InotifySource::take() {
  const std::scoped_lock lock(state_->mutex);
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t drained = ::read(state_->wake.get(), &count, sizeof count);
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
  return state_->wake.get();
}

std::unique_ptr<WatchSource> open_watch_source() {
  if (auto source = InotifySource::create()) return *std::move(source);
  return std::make_unique<NullWatchSource>();
}

}  // namespace vigil::watcher
