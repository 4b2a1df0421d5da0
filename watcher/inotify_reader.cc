#include "watcher/inotify_reader.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <thread>
#include <utility>

#include "base/unique_fd.h"

namespace vigil::watcher {
namespace {

constexpr std::size_t kReadSize = 256 * 1024;

/// Between two reads: what comes meanwhile is read together, so that a storm wakes nobody for each
/// of its events. The kernel's queue holds many times as much as comes in it.
constexpr int kPauseMs = 1;

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

struct InotifyReader::State {
  TakeIn take_in;
  UniqueFd inotify;
  UniqueFd wake;  ///< eventfd
  UniqueFd stop;  ///< eventfd: ends the thread
  std::mutex mutex;
  bool is_awake = false;  ///< under `mutex`: `wake` is readable
  std::thread thread;

  void run();
  void read_once(char* buffer);
};

// --- The reading thread ------------------------------------------------------------------------

void InotifyReader::State::run() {
  const auto buffer = std::make_unique<char[]>(kReadSize);
  std::array<pollfd, 2> fds{{{stop.get(), POLLIN, 0}, {inotify.get(), POLLIN, 0}}};
  for (;;) {
    if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return;
    if (fds[0].revents != 0) return;
    read_once(buffer.get());
    if (::poll(fds.data(), 1, kPauseMs) > 0) return;
  }
}

/// Under the lock from before the read, so that an empty queue means that all was handed over.
void InotifyReader::State::read_once(char* buffer) {
  const std::scoped_lock lock(mutex);
  const ssize_t got = ::read(inotify.get(), buffer, kReadSize);
  if (got <= 0 || !take_in({buffer, static_cast<std::size_t>(got)}) || is_awake) return;
  is_awake = true;
  signal_event(wake.get());
}

// --- The owner's side --------------------------------------------------------------------------

InotifyReader::InotifyReader(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<InotifyReader>> InotifyReader::create(TakeIn take_in) {
  auto state = std::make_unique<State>();
  state->take_in = std::move(take_in);
  state->inotify.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  state->wake.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  state->stop.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!state->inotify || !state->wake || !state->stop) {
    return fail(Errc::unavailable, "inotify: " + std::generic_category().message(errno));
  }
  const SignalsBlocked while_it_starts;
  state->thread = std::thread(&State::run, state.get());
  return std::unique_ptr<InotifyReader>(new InotifyReader(std::move(state)));
}

InotifyReader::~InotifyReader() {
  signal_event(state_->stop.get());
  state_->thread.join();
}

int InotifyReader::inotify_fd() const {
  return state_->inotify.get();
}

int InotifyReader::wake_fd() const {
  return state_->wake.get();
}

std::mutex& InotifyReader::mutex() {
  return state_->mutex;
}

void InotifyReader::quieten() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t drained = ::read(state_->wake.get(), &count, sizeof count);
  state_->is_awake = false;
}

bool InotifyReader::caught_up() const {
  int waiting = 0;
  return ::ioctl(state_->inotify.get(), FIONREAD, &waiting) == 0 && waiting == 0;
}

}  // namespace vigil::watcher
