#pragma once

#include <cstdint>

#include "parser/key_table.h"

/// The allow-list: the fields of a Claude Code record that are looked at, by the object in which
/// they stand. All others are passed over unread.
namespace vigil::parser::claude_keys {

enum class Key : std::uint8_t {
  other,
  agent,
  api_error,
  attachment,
  branch,
  cache_read,
  cache_write,
  command_mode,
  compact_summary,
  content,
  cwd,
  details,
  everywhere,
  file_path,
  id,
  image_data,
  input,
  input_tokens,
  interrupted,
  is_error,
  kind,
  lines,
  message,
  meta,
  model,
  name,
  new_text,
  old_text,
  origin,
  output_tokens,
  patch,
  prompt,
  prompt_source,
  request_id,
  request_session,
  result_path,
  session,
  sidechain,
  subtype,
  text,
  thinking,
  thinking_tokens,
  timestamp,
  tool_result,
  tool_use_id,
  transcript_only,
  type,
  usage,
  uuid,
  version,
};

inline constexpr auto kTopKeys = make_key_table<Key>({
    {"agentId", Key::agent},
    {"attachment", Key::attachment},
    {"cwd", Key::cwd},
    {"gitBranch", Key::branch},
    {"isApiErrorMessage", Key::api_error},
    {"isCompactSummary", Key::compact_summary},
    {"isMeta", Key::meta},
    {"isSidechain", Key::sidechain},
    {"isVisibleInTranscriptOnly", Key::transcript_only},
    {"message", Key::message},
    {"origin", Key::origin},
    {"promptSource", Key::prompt_source},
    {"requestId", Key::request_id},
    {"requestSessionId", Key::request_session},
    {"sessionId", Key::session},
    {"subtype", Key::subtype},
    {"timestamp", Key::timestamp},
    {"toolUseResult", Key::tool_result},
    {"type", Key::type},
    {"uuid", Key::uuid},
    {"version", Key::version},
});

inline constexpr auto kMessageKeys = make_key_table<Key>({
    {"content", Key::content},
    {"id", Key::id},
    {"model", Key::model},
    {"usage", Key::usage},
});

inline constexpr auto kUsageKeys = make_key_table<Key>({
    {"cache_creation_input_tokens", Key::cache_write},
    {"cache_read_input_tokens", Key::cache_read},
    {"input_tokens", Key::input_tokens},
    {"output_tokens", Key::output_tokens},
    {"output_tokens_details", Key::details},
    {"thinking_tokens", Key::thinking_tokens},
});

inline constexpr auto kBlockKeys = make_key_table<Key>({
    {"content", Key::content},
    {"id", Key::id},
    {"input", Key::input},
    {"is_error", Key::is_error},
    {"name", Key::name},
    {"source", Key::image_data},
    {"text", Key::text},
    {"thinking", Key::thinking},
    {"tool_use_id", Key::tool_use_id},
    {"type", Key::type},
});

inline constexpr auto kInputKeys = make_key_table<Key>({
    {"content", Key::content},
    {"file_path", Key::file_path},
    {"new_source", Key::content},
    {"new_string", Key::new_text},
    {"notebook_path", Key::file_path},
    {"old_string", Key::old_text},
    {"replace_all", Key::everywhere},
});

inline constexpr auto kOutcomeKeys = make_key_table<Key>({
    {"content", Key::content},
    {"filePath", Key::result_path},
    {"interrupted", Key::interrupted},
    {"structuredPatch", Key::patch},
    {"type", Key::type},
});

inline constexpr auto kAttachmentKeys = make_key_table<Key>({
    {"commandMode", Key::command_mode},
    {"isMeta", Key::meta},
    {"origin", Key::origin},
    {"prompt", Key::prompt},
    {"type", Key::type},
});

inline constexpr auto kOriginKeys = make_key_table<Key>({{"kind", Key::kind}});
inline constexpr auto kHunkKeys = make_key_table<Key>({{"lines", Key::lines}});

}  // namespace vigil::parser::claude_keys
