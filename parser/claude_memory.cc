#include "parser/claude_memory.h"

#include <algorithm>
#include <utility>

namespace vigil::parser {
namespace {

void put(StateWriter& out, const std::optional<std::int64_t>& number) {
  out.put(std::uint64_t{number.has_value()});
  if (number) out.put_signed(*number);
}

std::optional<std::int64_t> optional_number(StateReader& in) {
  if (!in.flag()) return std::nullopt;
  return in.signed_number();
}

void put(StateWriter& out, const PendingCall& call) {
  out.put(call.id);
  out.put_signed(unix_ms(call.time));
  out.put(call.tool);
  out.put(call.path);
  out.put(call.model);
  out.put(call.session);
  put(out, call.change ? std::optional(call.change->added) : std::nullopt);
  put(out, call.change ? std::optional(call.change->removed) : std::nullopt);
  put(out, call.creation);
}

PendingCall pending_call(StateReader& in) {
  PendingCall call;
  call.id = in.text();
  call.time = from_unix_ms(in.signed_number());
  call.tool = in.text();
  call.path = in.text();
  call.model = in.text();
  call.session = in.text();
  const auto added = optional_number(in);
  const auto removed = optional_number(in);
  if (added && removed) call.change = ChangedLines{*added, *removed};
  call.creation = optional_number(in);
  return call;
}

void put(StateWriter& out, const RecentReply& reply) {
  out.put(reply.key);
  out.put_signed(unix_ms(reply.first_time));
  out.put(std::uint64_t{reply.lines});
  out.put_signed(reply.tokens.input);
  out.put_signed(reply.tokens.cache_read);
  out.put_signed(reply.tokens.cache_write);
  out.put_signed(reply.tokens.output);
  out.put_signed(reply.tokens.reasoning);
}

RecentReply recent_reply(StateReader& in) {
  RecentReply reply;
  reply.key = in.text();
  reply.first_time = from_unix_ms(in.signed_number());
  reply.lines = static_cast<std::uint32_t>(in.number());
  reply.tokens.input = in.signed_number();
  reply.tokens.cache_read = in.signed_number();
  reply.tokens.cache_write = in.signed_number();
  reply.tokens.output = in.signed_number();
  reply.tokens.reasoning = in.signed_number();
  return reply;
}

}  // namespace

void PendingCalls::add(PendingCall call) {
  const auto known = std::ranges::find(calls_, call.id, &PendingCall::id);
  if (known != calls_.end()) forget(static_cast<std::size_t>(known - calls_.begin()));
  text_ += call.size();
  calls_.push_back(std::move(call));
  while (calls_.size() > kCountMax || text_ > kTextMax) forget(0);
}

std::optional<PendingCall> PendingCalls::take(std::string_view id) {
  const auto found = std::ranges::find(calls_, id, &PendingCall::id);
  if (found == calls_.end()) return std::nullopt;
  auto call = std::move(*found);
  text_ -= call.size();
  calls_.erase(found);
  return call;
}

bool PendingCalls::contains(std::string_view id) const {
  return std::ranges::find(calls_, id, &PendingCall::id) != calls_.end();
}

void PendingCalls::forget(std::size_t index) {
  text_ -= calls_[index].size();
  calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(index));
}

void PendingCalls::save(StateWriter& out) const {
  out.put(std::uint64_t{calls_.size()});
  for (const auto& call : calls_) put(out, call);
}

void PendingCalls::restore(StateReader& in) {
  for (auto left = in.number(); left > 0 && !in.failed(); --left) add(pending_call(in));
}

RecentReply& RecentReplies::find_or_add(std::string_view key, WallTime time) {
  if (latest_ < replies_.size() && replies_[latest_].key == key) return replies_[latest_];
  const auto known = std::ranges::find(replies_, key, &RecentReply::key);
  latest_ = static_cast<std::size_t>(known - replies_.begin());
  if (known != replies_.end()) return *known;
  if (replies_.size() < kCountMax) {
    return replies_.emplace_back(std::string(key), time, 0U, Tokens{});
  }
  latest_ = std::exchange(oldest_, (oldest_ + 1) % kCountMax);
  auto& slot = replies_[latest_];
  slot.key.assign(key);
  slot.first_time = time;
  slot.lines = 0;
  slot.tokens = {};
  return slot;
}

void RecentReplies::save(StateWriter& out) const {
  out.put(std::uint64_t{replies_.size()});
  for (std::size_t i = 0; i < replies_.size(); ++i) {
    put(out, replies_[(oldest_ + i) % replies_.size()]);
  }
}

void RecentReplies::restore(StateReader& in) {
  for (auto left = in.number(); left > 0 && !in.failed(); --left) {
    auto reply = recent_reply(in);
    find_or_add(reply.key, reply.first_time) = std::move(reply);
  }
}

}  // namespace vigil::parser
