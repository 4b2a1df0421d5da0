#include "parser/codex_session.h"

#include "parser/log_parser.h"
#include "parser/saved_state.h"

namespace vigil::parser {
namespace {

/// Changes whenever a field of the state is added, removed, or takes another meaning.
constexpr std::uint64_t kStateVersion = 1;

/// Calls `visit` on every field but the calls, in the order in which they are saved. One list for
/// both directions, so that they cannot differ.
template <class Session, class Visit>
void each_field(Session& session, Visit visit) {
  visit(session.id);
  visit(session.parent);
  visit(session.cwd);
  visit(session.branch);
  visit(session.version);
  visit(session.model);
  visit(session.line_time);
  visit(session.now);
  visit(session.is_sub_agent);
  visit(session.is_copying);
  visit(session.inherits_total);
  visit(session.has_token_records);
  visit(session.total);
  visit(session.reply.key);
  visit(session.reply.time);
  visit(session.reply.tokens.input);
  visit(session.reply.tokens.cache_read);
  visit(session.reply.tokens.cache_write);
  visit(session.reply.tokens.output);
  visit(session.reply.tokens.reasoning);
  visit(session.reply.lacks_model);
  visit(session.prompt.time);
  visit(session.prompt.length);
  visit(session.prompt.has_id);
}

struct Save {
  StateWriter& out;

  void operator()(const std::string& text) const { out.put(std::string_view(text)); }
  void operator()(WallTime time) const { out.put_signed(unix_ms(time)); }
  void operator()(std::int64_t number) const { out.put_signed(number); }
  void operator()(bool flag) const { out.put(std::uint64_t{flag}); }
  void operator()(const std::optional<CodexUsage>& total) const {
    out.put(std::uint64_t{total.has_value()});
    const auto usage = total.value_or(CodexUsage{});
    for (const auto number :
         {usage.input, usage.cached, usage.cache_write, usage.output, usage.reasoning}) {
      out.put_signed(number);
    }
  }
};

struct Restore {
  StateReader& in;

  void operator()(std::string& text) const { text = in.text(); }
  void operator()(WallTime& time) const { time = from_unix_ms(in.signed_number()); }
  void operator()(std::int64_t& number) const { number = in.signed_number(); }
  void operator()(bool& flag) const { flag = in.flag(); }
  void operator()(std::optional<CodexUsage>& total) const {
    const bool has_total = in.flag();
    CodexUsage usage;
    for (auto* number :
         {&usage.input, &usage.cached, &usage.cache_write, &usage.output, &usage.reasoning}) {
      *number = in.signed_number();
    }
    if (has_total) total = usage;
  }
};

}  // namespace

std::string CodexSession::save() const {
  StateWriter out;
  out.put(kStateVersion);
  each_field(*this, Save{out});
  calls.save(out);
  return std::move(out).take();
}

std::optional<CodexSession> CodexSession::restored(std::string_view state) {
  StateReader in(state);
  CodexSession session;
  if (state.size() > kStateMax || in.number() != kStateVersion) return std::nullopt;
  each_field(session, Restore{in});
  if (!session.calls.restore(in) || !in.finished()) return std::nullopt;
  return session;
}

}  // namespace vigil::parser
