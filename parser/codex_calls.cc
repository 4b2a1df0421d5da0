#include "parser/codex_calls.h"

#include <algorithm>
#include <utility>

#include "parser/saved_state.h"

namespace vigil::parser {
namespace {

constexpr std::size_t kWord = 8;
constexpr std::size_t kCallWords = 14;  ///< numbers and lengths of one saved call
constexpr std::size_t kFileWords = 5;

std::size_t saved_size(const OpenCall& call) {
  std::size_t bytes =
      kCallWords * kWord + call.id.size() + call.tool.size() + call.read_path.size();
  for (const auto& file : call.files) {
    bytes += kFileWords * kWord + file.path.size() + file.moved_to.size();
  }
  return bytes;
}

void save_call(const OpenCall& call, StateWriter& out) {
  out.put(call.id);
  out.put(call.tool);
  out.put(static_cast<std::uint64_t>(call.tool_class));
  out.put(static_cast<std::uint64_t>(call.actor));
  out.put_signed(unix_ms(call.first_time));
  out.put(std::uint64_t{call.lines});
  out.put(call.ok ? std::uint64_t{*call.ok} + 1 : 0);
  out.put(call.read_path);
  out.put(std::uint64_t{call.is_answered});
  out.put(std::uint64_t{call.is_script});
  out.put(std::uint64_t{call.has_inner});
  out.put(std::uint64_t{call.files.size()});
  for (const auto& file : call.files) {
    out.put(file.path);
    out.put(file.moved_to);
    out.put(static_cast<std::uint64_t>(file.kind));
    out.put_signed(file.added);
    out.put_signed(file.removed);
  }
}

PatchedFile restore_file(StateReader& in) {
  PatchedFile file;
  file.path = in.text();
  file.moved_to = in.text();
  file.kind = static_cast<PatchKind>(std::min<std::uint64_t>(in.number(), 2));
  file.added = in.signed_number();
  file.removed = in.signed_number();
  return file;
}

OpenCall restore_call(StateReader& in) {
  OpenCall call;
  call.id = in.text();
  call.tool = in.text();
  call.tool_class =
      static_cast<ToolClass>(std::min(in.number(), static_cast<std::uint64_t>(ToolClass::other)));
  call.actor =
      static_cast<Actor>(std::min(in.number(), static_cast<std::uint64_t>(Actor::unknown)));
  call.first_time = from_unix_ms(in.signed_number());
  call.lines = static_cast<std::uint32_t>(in.number());
  if (const auto ok = in.number(); ok != 0) call.ok = ok == 2;
  call.read_path = in.text();
  call.is_answered = in.flag();
  call.is_script = in.flag();
  call.has_inner = in.flag();
  const auto files = in.number();
  for (std::uint64_t i = 0; i < files && !in.failed(); ++i) call.files.push_back(restore_file(in));
  return call;
}

}  // namespace

OpenCall* OpenCalls::find(std::string_view id) {
  for (auto& slot : slots_) {
    if (slot.call.id == id) return &slot.call;
  }
  return nullptr;
}

OpenCall& OpenCalls::add(OpenCall call) {
  slots_.push_back({next_sequence_++, std::move(call)});
  return slots_.back().call;
}

void OpenCalls::note_inner_call() {
  for (auto& slot : slots_) {
    if (slot.call.is_script && !slot.call.is_answered) slot.call.has_inner = true;
  }
}

std::size_t OpenCalls::oldest() const {
  const auto order = [](const Slot& slot) {
    return std::pair(!slot.call.is_answered, slot.sequence);
  };
  return static_cast<std::size_t>(std::ranges::min_element(slots_, {}, order) - slots_.begin());
}

void OpenCalls::settle(OpenCall& call) {
  const auto bytes = saved_size(call);
  bytes_ = bytes_ - std::exchange(call.saved_bytes, bytes) + bytes;
  while (slots_.size() > kCallsMax || bytes_ > kBytesMax) {
    auto& slot = slots_[oldest()];
    bytes_ -= slot.call.saved_bytes;
    if (&slot != &slots_.back()) std::swap(slot, slots_.back());
    slots_.pop_back();
  }
}

void OpenCalls::save(StateWriter& out) const {
  std::vector<const Slot*> by_age;
  by_age.reserve(slots_.size());
  for (const auto& slot : slots_) by_age.push_back(&slot);
  std::ranges::sort(by_age, {}, &Slot::sequence);
  out.put(std::uint64_t{by_age.size()});
  for (const auto* slot : by_age) save_call(slot->call, out);
}

bool OpenCalls::restore(StateReader& in) {
  const auto calls = in.number();
  for (std::uint64_t i = 0; i < calls && !in.failed(); ++i) {
    settle(add(restore_call(in)));
  }
  return !in.failed() && slots_.size() == calls;
}

}  // namespace vigil::parser
