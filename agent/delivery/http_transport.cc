#include "agent/delivery/http_transport.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "agent/delivery/http_exchange.h"
#include "base/check.h"
#include "base/unique_fd.h"

namespace vigil::agent {

void sign(HttpRequest& request) {
  if (!request.sign) return;
  const auto made = std::exchange(request.sign, nullptr)(request.body);
  request.headers.insert(request.headers.end(), made.begin(), made.end());
}

struct HttpTransport::Shared {
  struct Job {
    Ticket ticket{};
    HttpRequest request;
    MonoTime deadline{};
    std::shared_ptr<ExchangeBreaker> breaker;  // with the thread that may trip it
    bool started = false;
    bool reported = false;  ///< its answer was given out, be it by the watcher
  };

  Shared(const Clock& clock_in, std::size_t slots_in)
      : clock(clock_in), slots(slots_in), wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  void report(Job& job, Result<HttpAnswer> answer);
  void run_worker();
  void run_watcher();
  std::unique_ptr<HttpConnection> take_connection(const HttpRequest& request);
  void break_off(Job& job, const char* why);

  const Clock& clock;
  const std::size_t slots;
  const UniqueFd wake;

  std::mutex mutex;  // guards everything below
  std::condition_variable changed;
  std::condition_variable ended;
  std::list<Job> jobs;  ///< a node stays where it is while its thread works
  std::vector<FinishedRequest> finished;
  std::vector<std::unique_ptr<HttpConnection>> idle;
  std::uint64_t last_ticket = 0;
  std::size_t workers = 0;
  std::size_t threads = 0;  ///< workers and the watcher
  bool stopping = false;
};

namespace {

/// Runs `body` on a thread that takes no signals: those are the main thread's.
template <class Body>
void start_thread(Body body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread(std::move(body)).detach();  // the destructor waits by count, not by join
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

/// With the mutex held.
void HttpTransport::Shared::report(Job& job, Result<HttpAnswer> answer) {
  if (std::exchange(job.reported, true)) return;
  finished.push_back({job.ticket, std::move(answer)});
  const std::uint64_t one = 1;
  // Can only fail when the counter is full, and then the descriptor is readable anyway.
  [[maybe_unused]] const auto written = ::write(wake.get(), &one, sizeof one);
}

/// With the mutex held. The request is over for whoever sent it; its thread follows when it can.
void HttpTransport::Shared::break_off(Job& job, const char* why) {
  job.breaker->trip();
  report(job, fail(Errc::unavailable, why));
}

std::unique_ptr<HttpConnection> HttpTransport::Shared::take_connection(const HttpRequest& request) {
  const auto at = std::ranges::find_if(idle, [&](const auto& each) { return each->fits(request); });
  if (at == idle.end()) return nullptr;
  auto connection = std::move(*at);
  idle.erase(at);
  return connection;
}

void HttpTransport::Shared::run_worker() {
  std::unique_lock lock(mutex);
  while (true) {
    const auto job = std::ranges::find(jobs, false, &Job::started);
    if (job == jobs.end()) {
      if (stopping) break;
      changed.wait(lock);
      continue;
    }
    job->started = true;
    auto connection = take_connection(job->request);
    const auto breaker = job->breaker;
    lock.unlock();
    sign(job->request);
    Result<HttpAnswer> answer;
    if (!connection) {
      auto opened = HttpConnection::open(job->request);
      if (opened)
        connection = std::move(*opened);
      else
        answer = std::unexpected(std::move(opened).error());
    }
    if (connection) answer = connection->exchange(job->request, breaker);
    lock.lock();
    if (answer && idle.size() < slots) idle.push_back(std::move(connection));
    report(*job, std::move(answer));
    jobs.erase(job);
  }
  --threads;
  ended.notify_all();
}

void HttpTransport::Shared::run_watcher() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    const MonoTime now = clock.mono_now();
    MonoTime next = MonoTime::max();
    for (auto& job : jobs) {
      if (job.reported) continue;
      if (now >= job.deadline)
        break_off(job, "took too long");
      else
        next = std::min(next, job.deadline);
    }
    if (next == MonoTime::max())
      changed.wait(lock);
    else
      changed.wait_for(lock, next - now);
  }
  --threads;
  ended.notify_all();
}

HttpTransport::HttpTransport(const Clock& clock, std::size_t slots)
    : shared_(std::make_shared<Shared>(clock, slots)) {
  check(static_cast<bool>(shared_->wake));
}

HttpTransport::~HttpTransport() {
  cancel_all();
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->changed.notify_all();
  shared_->ended.wait_for(lock, kPatience, [&] { return shared_->threads == 0; });
}

Result<Ticket> HttpTransport::send(HttpRequest request) {
  const std::scoped_lock lock(shared_->mutex);
  auto& shared = *shared_;
  if (shared.jobs.size() >= shared.slots) {
    return fail(Errc::full, "as many requests as there may be are under way");
  }
  Shared::Job job;
  job.ticket = Ticket{++shared.last_ticket};
  job.deadline = shared.clock.mono_now() + request.total_timeout;
  job.request = std::move(request);
  job.breaker = std::make_shared<ExchangeBreaker>();
  const Ticket ticket = job.ticket;
  shared.jobs.push_back(std::move(job));
  if (shared.threads == 0) {
    ++shared.threads;
    start_thread([alive = shared_] { alive->run_watcher(); });
  }
  if (shared.workers < shared.jobs.size()) {
    ++shared.workers;
    ++shared.threads;
    start_thread([alive = shared_] { alive->run_worker(); });
  }
  shared.changed.notify_all();
  return ticket;
}

std::vector<FinishedRequest> HttpTransport::take() {
  const std::scoped_lock lock(shared_->mutex);
  std::uint64_t count = 0;
  // Empty when nothing was announced; then there is nothing to read.
  [[maybe_unused]] const auto got = ::read(shared_->wake.get(), &count, sizeof count);
  return std::exchange(shared_->finished, {});
}

int HttpTransport::wake_fd() const {
  return shared_->wake.get();
}

void HttpTransport::cancel_all() {
  const std::scoped_lock lock(shared_->mutex);
  for (auto& job : shared_->jobs) {
    if (!job.reported) shared_->break_off(job, "broken off");
  }
  // What no thread has taken yet is over; the others end with their threads.
  std::erase_if(shared_->jobs, [](const Shared::Job& job) { return !job.started; });
}

}  // namespace vigil::agent
