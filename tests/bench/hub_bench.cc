// Both sides of the hub's goals: how fast its tables take rows when nothing is in the way, and a
// client that posts the same rows in signed batches. `hub_load.py` starts it.
//
//   hub_bench key                              the registry line of the key that signs
//   hub_bench bare DATABASE ROWS               inserts into a new store, 1,000 a transaction
//   hub_bench fill DATABASE ROWS DAYS          a store with that many days of work, the first is
//   2020-01-01 hub_bench send URL ROWS BATCH IN_FLIGHT PAUSE_MS
//                                              posts to a hub; a pause precedes each request
//
// Prints one JSON object.

#include <SQLiteCpp/SQLiteCpp.h>
#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agent/delivery/http_transport.h"
#include "agent/heartbeat/batch_json.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/hub/store/event_row.h"
#include "agent/hub/store/event_sql.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/store_database.h"
#include "base/encoding.h"
#include "base/posix_file_system.h"
#include "base/system_clock.h"
#include "crypto/batch_signature.h"
#include "tests/hub/store/sample_heartbeats.h"

namespace vigil::agent {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kTransactionRows = 1'000;
constexpr std::string_view kSource = "bench";
constexpr std::string_view kIngestPath = "/api/v1/ingest";

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "hub_bench: %s\n", result.error().message.c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

/// What a team's agents send in three months, so that names repeat as often as in life.
std::vector<Heartbeat> rows_to_store(std::size_t count) {
  SampleShape shape;
  shape.count = count;
  shape.span = std::chrono::hours{24 * 90};
  shape.sessions = 2'600;
  shape.projects = 130;
  return sample_heartbeats(1, shape);
}

/// A store as it is after so many days of work, all of it rolled up.
int fill(const std::string& path, std::size_t rows, std::size_t days) {
  const auto store = must(HubStore::open(path));
  const WallTime first = from_unix_ms(1'577'836'800'000);  // 2020-01-01
  SampleShape shape;
  shape.span = std::chrono::hours{14};
  shape.sessions = 12;
  shape.projects = 130;
  for (std::size_t day = 0; day < days; ++day) {
    shape.count = rows * (day + 1) / days - rows * day / days;
    shape.begin = first + std::chrono::days(day) + std::chrono::hours{7};
    const auto heartbeats = sample_heartbeats(day + 1, shape);
    const IngestBatch batch = sample_batch(heartbeats, std::string(kSource));
    for (const auto& outcome : must(store->ingest({&batch, 1}))) must(outcome);
  }
  std::size_t left = 1;
  while (left > 0) left = must(store->roll_up(WallTime::max()));
  return 0;
}

crypto::KeyPair signing_key() {
  std::array<std::byte, crypto::kSeedSize> seed{};
  seed.fill(std::byte{7});
  return must(crypto::KeyPair::from_seed(seed));
}

int print_key() {
  const auto key = signing_key();
  std::printf("%s:%s\n", std::string(kSource).c_str(), to_base64(key.public_key()).c_str());
  return 0;
}

/// The hub's own tables and indexes and the same rows, without looking for anything.
int insert_bare(const std::string& path, std::size_t count) {
  PosixFileSystem files;
  auto db = must(open_store_for_writing(path, files));
  std::vector<EventRow> rows;
  {
    SQLite::Transaction transaction(*db);
    Names names(*db);
    for (const auto& heartbeat : rows_to_store(count)) rows.push_back(to_row(heartbeat, 1, names));
    transaction.commit();
  }
  std::string sql = "INSERT INTO events(seq,batch," + column_list() + ") VALUES (?,?";
  for (std::size_t i = 0; i < kColumnNames.size(); ++i) sql += ",?";
  SQLite::Statement insert(*db, sql + ") ON CONFLICT DO NOTHING");
  const SystemClock clock;
  const MonoTime begun = clock.mono_now();
  for (std::size_t i = 0; i < rows.size(); i += kTransactionRows) {
    SQLite::Transaction transaction(*db);
    for (std::size_t j = i; j < std::min(rows.size(), i + kTransactionRows); ++j) {
      insert.reset();
      insert.bind(1, static_cast<std::int64_t>(j) + 1);
      insert.bind(2, std::int64_t{1});
      bind_row(insert, 3, rows[j]);
      insert.exec();
    }
    transaction.commit();
  }
  const Seconds taken = clock.mono_now() - begun;
  std::printf("{\"rows\":%zu,\"seconds\":%.6f}\n", rows.size(), taken.count());
  return 0;
}

// ---------------------------------------------------------------- the client

std::string authority_of(const std::string& url) {
  return url.substr(url.find("//") + 2);
}

/// Every request that will be sent, signed beforehand: the client must not be what is measured.
class Requests {
 public:
  Requests(std::string url, std::size_t batch_rows, WallTime now)
      : url_(std::move(url)), batch_rows_(batch_rows), now_(now) {}

  std::vector<HttpRequest> make(std::size_t count) {
    const auto heartbeats = rows_to_store(count);
    std::vector<HttpRequest> requests;
    for (std::size_t i = 0; i < heartbeats.size(); i += batch_rows_) {
      const auto rest = std::span(heartbeats).subspan(i);
      requests.push_back(request(rest.first(std::min(batch_rows_, rest.size()))));
    }
    return requests;
  }

 private:
  HttpRequest request(std::span<const Heartbeat> heartbeats) {
    ++seq_;
    BatchHeader header;
    header.source = SourceId(std::string(kSource));
    header.instance = "bench-" + std::to_string(unix_ms(now_));
    header.lane = "backfill";
    header.batch = BatchId("bat_" + header.instance + "-" + std::to_string(seq_));
    header.seq = seq_;
    header.prev = prev_;
    header.created = now_;
    BatchWriter writer(header);
    for (const auto& heartbeat : heartbeats) writer.add(to_json(heartbeat));
    HttpRequest request;
    request.url = url_ + std::string(kIngestPath);
    request.body = std::move(writer).finish();
    request.headers = headers(header.batch, request.body);
    return request;
  }

  std::vector<HttpHeader> headers(const BatchId& batch, std::string_view body) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now_);
    const std::string authority = authority_of(url_);
    prev_ = to_hex(sha256(body));
    const std::array<const crypto::KeyPair*, 1> signers{&key_};
    auto made = must(crypto::sign_batch(signers,
                                        {.method = "POST",
                                         .authority = authority,
                                         .path = kIngestPath,
                                         .source = kSource,
                                         .batch = batch.text(),
                                         .timestamp = seconds.time_since_epoch().count(),
                                         .body_digest = {}},
                                        body));
    return {{"X-Source-ID", made.source},
            {"X-Signature", made.signature_v0},
            {"X-Key-ID", made.key_id},
            {"X-Timestamp", made.timestamp},
            {"Idempotency-Key", made.idempotency_key},
            {"Content-Digest", made.content_digest},
            {"X-Signature-V1", made.signature_v1},
            {"Host", authority},
            {"Content-Type", "application/json"}};
  }

  std::string url_;
  std::size_t batch_rows_;
  WallTime now_;
  crypto::KeyPair key_ = signing_key();
  std::uint64_t seq_ = 0;
  std::string prev_;
};

/// Keeps `in_flight` requests under way and times each of them.
class Client {
 public:
  Client(const Clock& clock, std::size_t in_flight, milliseconds pause)
      : clock_(clock), transport_(clock, in_flight), in_flight_(in_flight), pause_(pause) {}

  void run(std::vector<HttpRequest> requests) {
    std::size_t next = 0;
    while (next < requests.size() || !begun_.empty()) {
      while (next < requests.size() && begun_.size() < in_flight_)
        send(std::move(requests[next++]));
      await();
    }
    std::ranges::sort(latencies_ms_);
  }

  [[nodiscard]] double quantile(double q) const {
    const auto at = static_cast<std::size_t>(q * static_cast<double>(latencies_ms_.size()));
    return latencies_ms_.at(std::min(at, latencies_ms_.size() - 1));
  }

 private:
  void send(HttpRequest request) {
    if (pause_.count() > 0) std::this_thread::sleep_for(pause_);
    const MonoTime now = clock_.mono_now();
    begun_.emplace(must(transport_.send(std::move(request))), now);
  }

  void await() {
    pollfd wake{transport_.wake_fd(), POLLIN, 0};
    ::poll(&wake, 1, 60'000);
    for (const auto& finished : transport_.take()) {
      const auto answer = must(finished.answer);
      if (answer.status != 200) {
        std::fprintf(stderr, "hub_bench: %d %s\n", answer.status, answer.body.c_str());
        std::exit(1);
      }
      const Seconds taken = clock_.mono_now() - begun_.at(finished.ticket);
      latencies_ms_.push_back(taken.count() * 1'000);
      begun_.erase(finished.ticket);
    }
  }

  const Clock& clock_;
  HttpTransport transport_;
  std::size_t in_flight_;
  milliseconds pause_;
  std::map<Ticket, MonoTime> begun_;
  std::vector<double> latencies_ms_;
};

struct Load {
  std::string url;
  std::size_t rows = 0;
  std::size_t batch_rows = 0;
  std::size_t in_flight = 0;
  milliseconds pause{};
};

int send(const Load& load) {
  const SystemClock clock;
  auto requests = Requests(load.url, load.batch_rows, clock.wall_now()).make(load.rows);
  Client client(clock, load.in_flight, load.pause);
  const MonoTime begun = clock.mono_now();
  client.run(std::move(requests));
  const Seconds taken = clock.mono_now() - begun;
  std::printf("{\"rows\":%zu,\"seconds\":%.6f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n", load.rows,
              taken.count(), client.quantile(.5), client.quantile(.99));
  return 0;
}

}  // namespace
}  // namespace vigil::agent

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto number = [&](std::size_t i) { return std::strtoul(words.at(i).c_str(), nullptr, 10); };
  if (words.size() == 1 && words[0] == "key") return vigil::agent::print_key();
  if (words.size() == 3 && words[0] == "bare")
    return vigil::agent::insert_bare(words[1], number(2));
  if (words.size() == 4 && words[0] == "fill") {
    return vigil::agent::fill(words[1], number(2), number(3));
  }
  if (words.size() == 6 && words[0] == "send") {
    return vigil::agent::send({words[1], number(2), number(3), number(4),
                               vigil::milliseconds(static_cast<std::int64_t>(number(5)))});
  }
  std::fputs(
      "hub_bench key | bare DATABASE ROWS | fill DATABASE ROWS DAYS | send URL ROWS BATCH "
      "IN_FLIGHT PAUSE_MS\n",
      stderr);
  return 2;
}
