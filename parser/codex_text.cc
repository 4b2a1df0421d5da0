#include "parser/codex_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vigil::parser {
namespace {

/// Answers of tools begin with their outcome; what stands further in is the command's own output.
constexpr std::size_t kHeadMax = 256;
constexpr std::size_t kTailMax = 96;

constexpr std::array<std::string_view, 9> kWrappers{"<environment_context>",
                                                    "<user_instructions>",
                                                    "<turn_aborted>",
                                                    "<ENVIRONMENT_CONTEXT>",
                                                    "<subagent_notification>",
                                                    "<user_shell_command>",
                                                    "<skill>",
                                                    "<permissions instructions>",
                                                    "# AGENTS.md instructions"};

constexpr std::array<std::string_view, 6> kFailures{
    "aborted",         "apply_patch verification failed", "failed", "error", "Script failed",
    "unsupported call"};

std::string_view after_quote(std::string_view raw) {
  if (raw.starts_with('"')) raw.remove_prefix(1);
  return raw;
}

/// Up to the closing quote of the string, if it comes within `max` bytes.
std::string_view start_of_string(std::string_view text, std::size_t max) {
  text = text.substr(0, max);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return text.substr(0, i);
    i += text[i] == '\\';
  }
  return text;
}

/// Skips white space, also where it is escaped.
std::string_view after_space(std::string_view raw) {
  while (true) {
    if (raw.starts_with(' ')) {
      raw.remove_prefix(1);
    } else if (raw.starts_with("\\n") || raw.starts_with("\\r") || raw.starts_with("\\t")) {
      raw.remove_prefix(2);
    } else {
      return raw;
    }
  }
}

/// Whether the escape of four hex digits at the start of `raw` is the second half of a surrogate
/// pair.
bool is_low_surrogate(std::string_view raw) {
  return raw.size() >= 4 && (raw[2] == 'd' || raw[2] == 'D') &&
         std::string_view("cdefCDEF").contains(raw[3]);
}

std::optional<int> number_after(std::string_view text, std::string_view label) {
  const auto at = text.find(label);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(at + label.size());
  int value = 0;
  if (std::from_chars(digits.begin(), digits.end(), value).ec != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace

bool is_wrapper_text(std::string_view raw) {
  const auto text = after_space(after_quote(raw));
  return std::ranges::any_of(kWrappers, [&](auto wrapper) { return text.starts_with(wrapper); });
}

std::int64_t prompt_length(std::string_view raw) {
  constexpr std::string_view kRequest = "## My request for Codex:";
  auto text = after_quote(raw);
  if (const auto at = text.find(kRequest); at != std::string_view::npos) {
    text = after_space(text.substr(at + kRequest.size()));
  }
  std::int64_t length = 0;
  for (std::size_t i = 0; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] != '\\') {
      length += (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
      continue;
    }
    const bool is_unicode = i + 1 < text.size() && text[i + 1] == 'u';
    length += !is_unicode || !is_low_surrogate(text.substr(i));
    i += is_unicode ? 5 : 1;
  }
  return length;
}

std::optional<bool> output_success(std::string_view raw) {
  const auto text = after_quote(raw);
  const auto head = start_of_string(text, kHeadMax);
  if (head.starts_with(R"({\"output\":)")) {
    const auto tail = text.substr(text.size() - std::min(text.size(), kTailMax));
    const auto code = number_after(tail, R"(\"exit_code\":)");
    return code ? std::optional(*code == 0) : std::nullopt;
  }
  const bool has_failed =
      std::ranges::any_of(kFailures, [&](auto failure) { return head.starts_with(failure); });
  if (has_failed || head.contains(R"(seconds\naborted by user)")) return false;
  const auto before_output = head.substr(0, head.find(R"(\nOutput:\n)"));
  if (before_output.starts_with("Script completed")) return true;
  auto code = number_after(before_output, "Process exited with code ");
  if (!code && before_output.starts_with("Exit code: "))
    code = number_after(before_output, "Exit code: ");
  return code ? std::optional(*code == 0) : std::nullopt;
}

std::string_view environment_directory(std::string_view raw) {
  for (const std::string_view label : {"<cwd>", "Current working directory: "}) {
    const auto at = raw.find(label);
    if (at == std::string_view::npos) continue;
    const auto path = raw.substr(at + label.size());
    return path.substr(0, path.find_first_of("<\\\""));
  }
  return {};
}

}  // namespace vigil::parser
