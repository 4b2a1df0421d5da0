#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

/// What is fuzzed: each function takes any bytes, must come back, and ends the process by
/// vigil::check() where what it promises for all inputs does not hold.
namespace vigil::fuzz {

void claude_log(std::string_view input);         ///< saving and restoring anywhere changes nothing
void codex_log(std::string_view input);          ///< the same
void parser_state(std::string_view input);       ///< a state that is taken is given back as it was
void json_walk(std::string_view input);          ///< a walk over JSON sees what a whole parser sees
void language(std::string_view input);           ///< what is told is a language that exists
void editor_traces(std::string_view input);      ///< paths are paths, a side file has a name
void line_splitter(std::string_view input);      ///< the lines are what is between LF and NUL
void tailed_file(std::string_view input);        ///< lines do not depend on where turns end
void zstd_file(std::string_view input);          ///< the same, and memory stays bounded
void complete_object(std::string_view input);    ///< every JSON object is one
void heartbeat_json(std::string_view input);     ///< what is written reads as what was read
void batch_json(std::string_view input);         ///< the same
void signature_headers(std::string_view input);  ///< nothing is signed by whom it is not
void key_texts(std::string_view input);          ///< seeds, public keys, registry lines
void identity_files(std::string_view input);     ///< what loads can be stored and loads again
void http_request(std::string_view input);       ///< framing, screening, routes, answers
void ingest(std::string_view input);             ///< the gate, with and without a valid signature
void registry(std::string_view input);           ///< what is written reads as what was read
void config_file(std::string_view input);        ///< a setting put into a valid file keeps it so
void config_environment(std::string_view input);
void control_request(std::string_view input);
void fallback_file(std::string_view input);  ///< every byte is in a frame or counted as damage
void hub_answer(std::string_view input);     ///< nothing but the batch's own name delivers it
void terminal_text(std::string_view input);  ///< nothing can move a cursor
void project_texts(std::string_view input);  ///< names are names, no login is in an address
void privacy_rules(
    std::string_view input);  ///< patterns and pauses; what is hidden does not get out

struct Target {
  std::string_view name;
  void (*run)(std::string_view);
};
[[nodiscard]] std::span<const Target> targets();

/// Takes an input apart from its front: what it is made of is for the fuzzer to find.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  /// 0 at the end.
  [[nodiscard]] std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  /// Up to a NUL, which goes too.
  [[nodiscard]] std::string_view piece() {
    const std::size_t end = std::min(rest_.find('\0'), rest_.size());
    const std::string_view piece = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return piece;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace vigil::fuzz
