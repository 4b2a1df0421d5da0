#include "tests/sim/sim_network.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "parser/log_parser.h"

namespace vigil::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 30s;

std::uint64_t fingerprint_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

std::string header_of(const agent::HttpRequest& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

/// From `"name":` up to the next comma.
std::string field_of(std::string_view body, std::string_view name) {
  const std::string mark = "\"" + std::string(name) + "\":";
  const auto at = body.find(mark);
  if (at == std::string_view::npos) return {};
  return std::string(body.substr(at + mark.size(), body.find(',', at) - at - mark.size()));
}

std::size_t count_of(std::string_view body, std::string_view mark) {
  std::size_t count = 0;
  for (auto at = body.find(mark); at != std::string_view::npos; at = body.find(mark, at + 1))
    ++count;
  return count;
}

agent::Request framed(const agent::HttpRequest& request) {
  agent::Request framed;
  framed.method = "POST";
  framed.target = framed.path = "/api/v1/ingest";
  for (const auto& header : request.headers) framed.headers.emplace_back(header.name, header.value);
  framed.body.reserve(request.body.size() + parser::kLinePadding);
  framed.body = request.body;
  framed.peer = "10.0.0.1";
  return framed;
}

}  // namespace

std::chrono::milliseconds SimNetwork::travel() {
  if (!dice_.percent(weather_.delay)) return milliseconds(dice_.between(1, 30));
  ++world_.fired["delay"];
  return milliseconds(dice_.between(1'000, 40'000));
}

Result<agent::Ticket> SimNetwork::send(agent::HttpRequest request) {
  const agent::Ticket ticket{++sent_};
  if (!world_.is_agent_alive()) return ticket;  // it died before this call
  sign(request);
  watch(request);
  open_[sent_] = true;
  ++waiting_;
  world_.trace.add("send", header_of(request, "Idempotency-Key"), fingerprint_of(request.body));
  if (weather_.is_unreachable) {
    ++world_.fired["hub unreachable"];
    finish(ticket, fail(Errc::unavailable, "connect: refused"), travel());
    return ticket;
  }
  if (dice_.percent(weather_.lose_request)) {
    ++world_.fired["request lost"];
    finish(ticket, fail(Errc::unavailable, "timed out"), kTimeout);
    return ticket;
  }
  if (dice_.percent(weather_.duplicate)) {
    ++world_.fired["request duplicated"];
    world_.later(milliseconds(dice_.between(10, 400'000)),
                 [this, request, ticket] { arrive(request, ticket, false); });
  }
  world_.later(travel(), [this, ticket, request = std::move(request), process = process_] {
    arrive(request, ticket, process == process_);
  });
  return ticket;
}

/// The invariants of what is sent (I4: a sealed batch is immutable).
void SimNetwork::watch(const agent::HttpRequest& request) {
  const std::string batch = header_of(request, "Idempotency-Key");
  const auto [body, is_new] = body_of_batch_.try_emplace(batch, fingerprint_of(request.body));
  if (!is_new) ++world_.fired["batch sent again"];
  if (body->second != fingerprint_of(request.body)) {
    faults_.push_back("batch " + batch + " was sent with two bodies");
  }
  const std::string number = field_of(request.body, "instance") + field_of(request.body, "lane") +
                             field_of(request.body, "seq");
  const auto named = batch_of_number_.try_emplace(number, batch).first;
  if (named->second != batch) faults_.push_back("two batches have the number " + number);
}

void SimNetwork::arrive(const agent::HttpRequest& request, agent::Ticket ticket, bool is_answered) {
  Result<agent::HttpAnswer> answer = fail(Errc::unavailable, "connection reset");
  if (auto fronted = front(request)) {
    answer = *std::move(fronted);
  } else {
    auto to_hub = framed(request);
    const auto digit = to_hub.body.find_last_of("123456789", dice_.below(to_hub.body.size()));
    if (dice_.percent(weather_.corrupt) && digit != std::string::npos) {
      ++world_.fired["body corrupted"];
      to_hub.body[digit] = to_hub.body[digit] == '1' ? '2' : '1';
    }
    auto response = world_.hub(std::move(to_hub));
    world_.trace.add("hub answers", response ? response->body : "nothing",
                     response ? static_cast<std::uint64_t>(response->status) : 0);
    if (response) {
      answer = agent::HttpAnswer{response->status,
                                 std::string(agent::find_header(response->headers, "Retry-After")),
                                 response->body};
    }
  }
  if (!is_answered) return;
  if (answer && dice_.percent(weather_.lose_answer)) {
    ++world_.fired["answer lost"];
    return finish(ticket, fail(Errc::unavailable, "timed out"), kTimeout);
  }
  finish(ticket, std::move(answer), travel());
}

/// Answers of whatever stands before the hub; nothing where it lets the request pass.
std::optional<agent::HttpAnswer> SimNetwork::front(const agent::HttpRequest& request) {
  const bool is_poisoned = std::ranges::any_of(weather_.poison, [&](const std::string& id) {
    return request.body.find(id) != std::string::npos;
  });
  if (weather_.events_max && count_of(request.body, R"("id":"evt_)") > *weather_.events_max) {
    ++world_.fired["answer 413"];
    return agent::HttpAnswer{413, "", "too large"};
  }
  if (is_poisoned) {
    ++world_.fired["answer 422 (poison)"];
    return agent::HttpAnswer{422, "", R"({"error":{"code":"bad_event"}})"};
  }
  if (dice_.percent(weather_.canned)) return canned(request);
  return std::nullopt;
}

agent::HttpAnswer SimNetwork::canned(const agent::HttpRequest& request) {
  const std::string batch = header_of(request, "Idempotency-Key");
  switch (dice_.below(9)) {
    case 0: ++world_.fired["answer 503"]; return {503, std::to_string(dice_.below(120)), "busy"};
    case 1: ++world_.fired["answer 429"]; return {429, std::to_string(dice_.below(7'200)), ""};
    case 2: ++world_.fired["answer 500"]; return {500, "", "<html>"};
    case 3: ++world_.fired["answer 200 of somebody else"]; return {200, "", "<html>welcome"};
    case 4: ++world_.fired["answer 202 without body"]; return {202, "", ""};
    case 5:
      ++world_.fired["answer 200 for another body"];
      return {200, "",
              R"({"batch":")" + batch + R"(","digest":")" + std::string(64, '0') + R"("})"};
    case 6: ++world_.fired["answer 401"]; return {401, "", R"({"error":{"code":"unauthorized"}})"};
    case 7: ++world_.fired["answer 404"]; return {404, "", ""};
    default: ++world_.fired["answer 302"]; return {302, "", ""};
  }
}

void SimNetwork::finish(agent::Ticket ticket, Result<agent::HttpAnswer> answer,
                        std::chrono::milliseconds in) {
  world_.later(std::min<std::chrono::milliseconds>(in, kTimeout),
               [this, ticket, answer = std::move(answer), process = process_] {
                 const auto open = open_.find(static_cast<std::uint64_t>(ticket));
                 if (process != process_ || open == open_.end()) return;
                 open_.erase(open);
                 --waiting_;
                 world_.trace.add("answer", answer ? answer->body : answer.error().message,
                                  answer ? static_cast<std::uint64_t>(answer->status) : 0);
                 finished_.push_back({ticket, answer});
                 world_.wake_agent();
               });
}

std::vector<agent::FinishedRequest> SimNetwork::take() {
  return std::exchange(finished_, {});
}

void SimNetwork::clear_up() {
  Weather good;
  good.poison = std::move(weather_.poison);
  weather_ = std::move(good);
}

void SimNetwork::cancel_all() {
  forget_agent();
}

void SimNetwork::forget_agent() {
  ++process_;
  waiting_ = 0;
  open_.clear();
  finished_.clear();
}

}  // namespace vigil::sim
