#include "agent/cli/command_help.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace vigil::agent {
namespace {

constexpr auto kHelp = std::to_array<CommandHelp>({
    {"", "Sees what you and your AI tools do, without a plugin.",
     "agent run                    watch, store and show: prints a link to the dashboard\n"
     "agent today                  today's time and tokens\n"
     "agent stats week --by project,day\n"
     "agent help                   this text; `agent COMMAND --help` for one command",
     "4 token needed; 5 daemon or hub not reachable; 10 no such store or key; 11 locked;\n"
     "13 verification failed; 75 kept in the queue, try later"},
    {"init", "Make this installation's identity; never overwrites one without --force.",
     "agent init\n"
     "agent init --source laptop --yes\n"
     "agent init --endpoint https://hub.example    send to a hub on another machine",
     "5 done, but the hub on the other machine does not answer"},
    {"run", "Watch, queue and deliver; with the hub unless another destination is named.",
     "agent run\n"
     "agent run --once             read what there is, deliver it, and exit\n"
     "agent run --no-hub --log-format json",
     "11 another agent uses the state folder; 75 the queue keeps some (--once)"},
    {"serve", "The hub alone: takes, stores and shows what agents send.",
     "agent serve\n"
     "agent serve --listen 0.0.0.0:4821 --tls-cert hub.pem --tls-key hub.key",
     "11 another hub uses the store"},
    {"status", "What the agent on this machine is doing.",
     "agent status\n"
     "agent status --check && echo fine\n"
     "agent status --json",
     "6 degraded, 7 down (only with --check)"},
    {"doctor", "Look for what could keep this installation from working.",
     "agent doctor\n"
     "agent doctor --json",
     "6 something to look at, 7 something that does not work"},
    {"queue", "The durable queue and its destinations.",
     "agent queue status\n"
     "agent queue flush",
     ""},
    {"queue status", "What waits, what was sent, and how each destination is.",
     "agent queue status\n"
     "agent queue status --json",
     "10 no queue yet"},
    {"queue list", "Batches on their way and heartbeats that were refused.",
     "agent queue list\n"
     "agent queue list --limit 500 --json",
     "10 no queue yet"},
    {"queue flush", "Send what waits, now.", "agent queue flush",
     "75 some is kept, since a destination is away"},
    {"queue retry", "Put refused heartbeats back into the queue.", "agent queue retry",
     "5 no agent is running"},
    {"queue export", "Write every queued heartbeat as one JSON object per line.",
     "agent queue export > kept.ndjson\n"
     "agent queue export --out kept.ndjson",
     "10 no queue yet"},
    {"keys", "The key that signs what this installation sends.",
     "agent keys show\n"
     "agent keys public",
     "10 no key yet: agent init"},
    {"keys show", "Source, key id and state; never the key itself.", "agent keys show --json",
     "10 no key yet; 13 the key does not belong to the identity"},
    {"keys public", "The line that the owner of a hub must allow.",
     "agent keys public\n"
     "ssh hub agent hub allow \"$(agent keys public)\"",
     "10 no key yet"},
    {"keys export", "Write the secret key, for a backup or a headless machine.",
     "agent keys export --out key.backup      a new file with mode 0600\n"
     "agent keys export --out -               base64 on standard output",
     "10 no key yet"},
    {"keys import", "Take a key from a file that `keys export` wrote.",
     "agent keys import key.backup\n"
     "agent keys import key.backup --force    in place of the key that is there",
     "13 the file holds no key"},
    {"keys rotate", "Make a new key; the old one signs too until told to drop it.",
     "agent keys rotate\n"
     "agent keys rotate --drop                end of the overlap",
     "10 no key yet"},
    {"hub", "Who may send to and read from the hub on this machine.",
     "agent hub sources\n"
     "agent hub allow laptop:mK3...=\n"
     "agent hub token new wall-display",
     ""},
    {"hub sources", "Sources whose heartbeats are taken.", "agent hub sources --json", ""},
    {"hub allow", "Take heartbeats that this key has signed.",
     "agent hub allow laptop:mK3...=          the line that `agent keys public` prints there",
     "13 that is no usable key"},
    {"hub revoke", "Take nothing more from a source.", "agent hub revoke laptop",
     "10 no such source"},
    {"hub allow-unsigned", "Take what a program on this machine sends without a signature.",
     "agent hub allow-unsigned timecode     Timecode's extension for VS Code, from loopback only\n"
     "Then whoever is on this machine can send such events and ask for daily totals.",
     "10 no such program"},
    {"hub refuse-unsigned", "No longer take it.", "agent hub refuse-unsigned timecode",
     "10 no such program"},
    {"hub token", "Tokens for other people and machines.", "agent hub token new wall-display", ""},
    {"hub token new", "Make a token to read with; it is shown this once.",
     "agent hub token new wall-display\n"
     "agent hub token new tablet --write      may correct what is stored, too",
     ""},
    {"hub token list", "Names and dates of tokens.", "agent hub token list --json", ""},
    {"hub token revoke", "End a token, by id or name.", "agent hub token revoke wall-display",
     "10 no such token"},
    {"correct", "Say better what is stored: whose time it was, and under which name.",
     "agent correct rename old-name new-name\n"
     "agent correct list",
     "10 no store yet: agent run; 11 another hub uses the store"},
    {"correct list", "What is corrected, the newest first.", "agent correct list --json",
     "10 no store yet: agent run"},
    {"correct rename", "Show a project under another name; another project's merges the two.",
     "agent correct rename vigil-old vigil",
     "10 no store yet: agent run; 11 another hub uses the store"},
    {"correct hide", "Show a project's time as `hidden`.", "agent correct hide secret",
     "10 no store yet: agent run; 11 another hub uses the store"},
    {"correct ignore", "Count a project nowhere.", "agent correct ignore scratch",
     "10 no store yet: agent run; 11 another hub uses the store"},
    {"correct assign", "Give a stretch of time to a project.",
     "agent correct assign book --from 2026-09-01T14:00 --until 2026-09-01T15:30\n"
     "agent correct assign book --from 2026-09-01T14:00 --until 2026-09-01T15:30 --only scratch",
     "10 no store yet: agent run; 11 another hub uses the store"},
    {"correct undo", "Take a correction back.", "agent correct undo 3",
     "10 no such correction; 11 another hub uses the store"},
    {"card", "A picture of what was done, to share.", "agent card png week --out week.png", ""},
    {"card png", "A picture as PNG.",
     "agent card png week --out week.png\n"
     "agent card png year --template year --theme dark --scale 2 --out year.png\n"
     "agent card png --redact names --title 'My week' > week.png",
     "1 pango is not installed; 10 no store yet: agent run"},
    {"card svg", "A picture as SVG.", "agent card svg month --where project=vigil --out month.svg",
     "10 no store yet: agent run"},
    {"sources", "The places that are watched and what was found there.",
     "agent sources\n"
     "agent sources --json",
     ""},
    {"open", "Open the dashboard, signed in by a one-time link.",
     "agent open\n"
     "agent open --print           only print the link",
     "4 token needed; 5 no agent or hub is running"},
    {"heartbeat", "Queue a heartbeat by hand or from an editor.",
     "agent heartbeat --entity src/main.cc --write\n"
     "agent heartbeat --entity notes.md --time 2026-09-01T08:00:00Z --project book\n"
     "agent heartbeat --stdin < heartbeats.ndjson",
     "3 some lines of --stdin were refused; 75 kept in a file, since the queue cannot be written"},
    {"today", "Today's time and tokens, in short.",
     "agent today\n"
     "agent today --json",
     "4 token needed; 5 hub not reachable; 10 no store yet: agent run"},
    {"week", "This week's time and tokens, in short.", "agent week",
     "4 token needed; 5 hub not reachable; 10 no store yet: agent run"},
    {"month", "This month's time and tokens, in short.", "agent month",
     "4 token needed; 5 hub not reachable; 10 no store yet: agent run"},
    {"timeline", "From when to when, on one day.",
     "agent timeline\n"
     "agent timeline yesterday --by app\n"
     "agent timeline 2026-09-01 --json",
     "4 token needed; 5 hub not reachable; 10 no store yet: agent run"},
    {"sessions", "Sessions of AI tools: what was asked, made and used.",
     "agent sessions\n"
     "agent sessions week --where app=claude-code --limit 50\n"
     "Costs are estimated from list prices; no price is asked for or sent anywhere.",
     "4 token needed; 5 hub not reachable; 10 no store yet: agent run"},
    {"tail", "What is stored, as it comes in.",
     "agent tail\n"
     "agent tail -n 50 --once\n"
     "agent tail --json            a heartbeat on each line",
     "10 no store on this machine yet: agent run"},
    {"statusline", "Today's time in one short line, for prompts and status bars.",
     "agent statusline\n"
     "set -g status-right '#(agent statusline)'      in tmux.conf",
     "4 token needed; 5 hub not reachable; 10 no store yet: agent run"},
    {"db", "The hub's database on this machine.",
     "agent db stats\n"
     "agent db check",
     ""},
    {"db check", "Read all of it; compare the roll-ups with what they are made of.",
     "agent db check && echo sound", "10 no store yet; 13 something is wrong with it"},
    {"db stats", "How much it holds and what takes the room.", "agent db stats --json",
     "10 no store yet"},
    {"db rebuild", "Make the roll-ups anew; no hub may run.", "agent db rebuild",
     "10 no store yet; 11 a hub uses it"},
    {"db vacuum", "Give free room back to the disk; no hub may run.", "agent db vacuum",
     "10 no store yet; 11 a hub uses it"},
    {"stats", "Time, tokens and counts of some days, broken down.",
     "agent stats\n"
     "agent stats week --by project,day\n"
     "agent stats --from 2026-09-01 --to 2026-09-30 --by model --json\n"
     "agent stats month --where language=C++ --compare previous\n"
     "agent stats yesterday --where project=vigil --explain\n"
     "RANGE: today, yesterday, week, month, year, last_7_days, last_30_days, last_6_months,\n"
     "       last_year, all_time, a day, or DAY..DAY",
     "4 token needed; 5 hub not reachable; 10 no store yet: agent run"},
    {"export", "Write the stored heartbeats of some days.",
     "agent export --format ndjson > all.ndjson\n"
     "agent export last_30_days --format csv --out month.csv",
     "4 token needed; 5 hub not reachable; 10 no store yet: agent run"},
    {"project", "The projects whose saves are seen.",
     "agent project list\n"
     "agent project add ~/src/demo",
     ""},
    {"project list", "What is watched, why, and when somebody was last at work there.",
     "agent project list --json", ""},
    {"project show", "One project: its folders, branch, names, and what is hidden of it.",
     "agent project show demo\n"
     "agent project show ~/src/demo",
     "10 no such project"},
    {"project add", "Watch a folder from now on, whether or not anybody is seen at work there.",
     "agent project add ~/src", "10 no such folder"},
    {"project remove", "Watch a folder no more, and do not learn it again.",
     "agent project remove ~/src/old", "10 no such project"},
    {"project alias", "Let a project go by another name from now on.",
     "agent project alias demo-rewrite demo", ""},
    {"project hide", "Tell no destination the project's name, files and branches.",
     "agent project hide moonshot", ""},
    {"project unhide", "Tell them again.", "agent project unhide moonshot", "10 it was not hidden"},
    {"privacy", "What is recorded, and what destinations are told.", "agent privacy show", ""},
    {"privacy show", "The rules, and what each destination is not told.",
     "agent privacy show --json", ""},
    {"privacy preview", "The exact bytes that each destination would get for a file saved now.",
     "agent privacy preview src/main.cc", "10 no such file"},
    {"privacy forget", "Erase stored heartbeats for good; no log brings them back.",
     "agent privacy forget --where project=secret            says how many there are\n"
     "agent privacy forget --where project=secret --before 2026-09-01 --yes\n"
     "agent privacy forget --where app=vim --where language=TeX --yes    both must hold\n"
     "What is still queued is not stored yet: agent queue flush first.",
     "10 no store yet; 11 another hub than that of `agent run` uses it; 75 not erased yet"},
    {"pause", "Record nothing, of any source, for a while or until `agent resume`.",
     "agent pause 30min\n"
     "agent pause",
     ""},
    {"resume", "Record again.", "agent resume", "10 nothing was paused"},
    {"config", "The configuration file and what follows from it.",
     "agent config path\n"
     "agent config get\n"
     "agent config set delivery.timer 30s",
     ""},
    {"config path", "Where the configuration file is, or would be.", "agent config path", ""},
    {"config get", "One setting, or all with where they come from.",
     "agent config get\n"
     "agent config get hub.listen",
     "10 no such setting"},
    {"config set", "Write one setting into the file; comments stay.",
     "agent config set delivery.timer 30s\n"
     "agent config set sources.codex.enabled false",
     "10 no such setting"},
    {"config validate", "Read the configuration and say what is wrong with it.",
     "agent config validate", ""},
});

void add_section(std::string& out, std::string_view title, std::string_view lines) {
  if (lines.empty()) return;
  out += title;
  out += ":\n  ";
  for (const char letter : lines) {
    out += letter;
    if (letter == '\n') out += "  ";
  }
  out += '\n';
}

}  // namespace

const CommandHelp& help_of(std::string_view name) {
  const auto* found = std::ranges::find(kHelp, name, &CommandHelp::name);
  check(found != kHelp.end());
  return *found;
}

std::string help_footer(const CommandHelp& help) {
  std::string out;
  add_section(out, "Examples", help.examples);
  std::string exits = "0 done; 1 failed; 2 usage; 78 configuration";
  if (!help.exits.empty()) exits.append("; ").append(help.exits);
  add_section(out, "Exit codes", exits);
  return out;
}

}  // namespace vigil::agent
