#include "agent/saves/save_judge.h"

namespace vigil::agent {
namespace {

/// Of a write that nothing speaks for or against.
constexpr double kNoEvidence = 0.3;

Judgement machine(WriteReason reason, double confidence) {
  return {Writer::machine, reason, confidence};
}

/// Nothing that an editor could have done.
std::optional<Judgement> replaced(const SaveFacts& facts) {
  if (facts.by_git) return machine(WriteReason::git, 0.95);
  if (facts.by_tool) return machine(WriteReason::tool, 0.9);
  if (facts.is_restored) return machine(WriteReason::restored, 0.8);
  return std::nullopt;
}

/// A person with an editor could have done it, but rarely does.
std::optional<Judgement> written_unlike_a_person(const SaveFacts& facts) {
  if (facts.is_stream) return machine(WriteReason::stream, 0.8);
  if (facts.is_burst) return machine(WriteReason::burst, 0.8);
  if (facts.is_aftermath) return machine(WriteReason::aftermath, 0.8);
  if (facts.is_same) return machine(WriteReason::unchanged, 0.8);
  return std::nullopt;
}

/// A file that people seldom open.
std::optional<Judgement> unlike_work(const SaveFacts& facts) {
  if (facts.is_ignored) return machine(WriteReason::ignored, 0.8);
  if (facts.is_generated) return machine(WriteReason::generated, 0.8);
  if (facts.is_binary) return machine(WriteReason::binary, 0.7);
  return std::nullopt;
}

}  // namespace

std::string_view name_of(WriteReason reason) {
  switch (reason) {
    case WriteReason::editor: return "editor";
    case WriteReason::agent_claim: return "agent_claim";
    case WriteReason::agent_live: return "agent_live";
    case WriteReason::no_evidence: return "no_evidence";
    case WriteReason::git: return "git";
    case WriteReason::tool: return "tool";
    case WriteReason::ignored: return "ignored";
    case WriteReason::generated: return "generated";
    case WriteReason::binary: return "binary";
    case WriteReason::restored: return "restored";
    case WriteReason::burst: return "burst";
    case WriteReason::stream: return "stream";
    case WriteReason::aftermath: return "aftermath";
    case WriteReason::unchanged: return "unchanged";
  }
  return "";
}

bool is_direct(const SaveFacts& facts) {
  if (facts.marked_by_editor) return true;
  if (!facts.editor) return false;
  const How how = facts.editor->how;
  return how == How::history || how == How::backup || how == How::recent_files ||
         how == How::save_pattern;
}

bool marks_its_saves(std::string_view editor) {
  return editor == "vim" || editor == "neovim" || editor == "emacs" || editor == "joe" ||
         editor == "kate" || editor == "gedit" || editor == "gnome-text-editor" ||
         editor == "mousepad" || editor == "geany" || editor == "jupyter";
}

Judgement judge(const SaveFacts& facts) {
  if (const auto verdict = replaced(facts)) return *verdict;
  if (!is_direct(facts)) {
    if (const auto verdict = written_unlike_a_person(facts)) return *verdict;
    const bool is_open = facts.editor && facts.editor->how == How::side_file;
    if (!is_open) {
      if (const auto verdict = unlike_work(facts)) return *verdict;
    }
  }
  const double confidence = facts.editor ? facts.editor->confidence : kNoEvidence;
  if (facts.agent_is_live) return {Writer::unknown, WriteReason::agent_live, confidence};
  // That it has the file open, or is the only one that runs, makes nobody write.
  const bool wrote_it =
      facts.editor && facts.editor->how != How::held && facts.editor->how != How::only_editor;
  if (wrote_it) return {Writer::human, WriteReason::editor, confidence};
  return {Writer::unknown, WriteReason::no_evidence, confidence};
}

}  // namespace vigil::agent
