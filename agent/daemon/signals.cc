#include "agent/daemon/signals.h"

#include <sys/signalfd.h>

#include "base/check.h"

namespace vigil::agent {

Signals::Signals() {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&wanted, number);
  check(::pthread_sigmask(SIG_BLOCK, &wanted, &before_) == 0);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
  fd_.reset(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  check(static_cast<bool>(fd_));
}

Signals::~Signals() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::vector<Signal> Signals::take() {
  std::vector<Signal> taken;
  signalfd_siginfo info{};
  while (::read(fd_.get(), &info, sizeof info) == sizeof info) {
    switch (info.ssi_signo) {
      case SIGTERM: taken.push_back(Signal::stop); break;
      case SIGINT: taken.push_back(Signal::interrupt); break;
      default: taken.push_back(Signal::reload); break;
    }
  }
  return taken;
}

}  // namespace vigil::agent
