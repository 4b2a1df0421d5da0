#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "watcher/merged_events.h"
#include "watcher/tree_nodes.h"
#include "watcher/tree_watcher.h"

// The inside of TreeWatcher, in five files: tree_watcher.cc (what callers see, the step),
// tree_events.cc (what events mean), tree_looks.cc (what is listed, and why),
// tree_watches.cc (how a directory is watched), tree_roots.cc.

namespace vigil::watcher {

struct TreeWatcher::State {
  State(const FileSystem& the_files, TreeSource& the_source, TreeLimits the_limits)
      : files(the_files), source(the_source), limits(the_limits), pending(~std::size_t{0}) {}

  using RootId = std::uint16_t;

  struct Root {
    enum class Kind : std::uint8_t { tree, flat };
    std::string asked;  ///< as the caller names it
    std::string base;   ///< without links; empty while it is away
    Enters enters;
    Kind kind = Kind::tree;
    NodeId top = kNoNode;
    bool to_check = true;             ///< is it there, and the same as before?
    bool asks_next = false;           ///< the next sweep asks `enters` for what is known, too
    bool asks_now = false;            ///< ... and this one does
    std::optional<WallTime> told;     ///< everything before was taken
    std::optional<WallTime> to_find;  ///< a sweep is to begin: for what changed since
    std::size_t entering = 0;         ///< looks that enter directories, still to be made
    std::size_t sweeping = 0;         ///< looks of a sweep, still to be made
    std::size_t waiting = 0;          ///< looks for a later time
    std::size_t directories = 0;
    std::size_t watched = 0;
    std::size_t polled = 0;
    std::string trouble;
  };

  /// A directory that is to be listed, and what for.
  struct Look {
    enum class Why : std::uint8_t {
      first,  ///< entered with its root: tells nothing of what is in it
      fresh,  ///< made or moved in: everything in it is new
      late,   ///< entered by a look: what changed since is new
      sweep,  ///< events were lost: what changed since, and everything below
      again,  ///< what changed since, at rest or not
      poll,
    };
    NodeId node = kNoNode;
    RootId root = 0;
    Why why = Why::first;
    std::uint32_t skip = 0;     ///< entries that were told before the changes became too many
    std::int64_t since_ns = 0;  ///< of files' times: later ones are found
    bool doubts_watch = false;  ///< the watch may be another directory's that had this path
    std::uint8_t tries = 0;     ///< that met something else than events tell

    /// Events are told after what they tell of, so a look may know more than the tree does: that a
    /// directory is not where it was, or another one is in its place. If the tree does not follow
    /// soon, the events were lost, and the look is right.
    [[nodiscard]] bool is_certain() const { return tries >= 2; }

    [[nodiscard]] bool has_times() const { return why != Why::first && why != Why::fresh; }
  };
  struct LaterLook {
    Look look;
    MonoTime due;
  };
  /// What a visit of a directory has seen of use; filled by whatever thread makes the visit.
  struct Visit {
    struct Entry {
      std::uint32_t number;  ///< among all that the directory holds
      std::uint32_t name;    ///< place in `names`, where it ends with NUL
      FileKind kind;
    };

    Look look;
    std::string path{};
    std::int64_t rest_ns = 0;  ///< what changed after it may not be at rest
    Result<FileStat> about{std::unexpected(Error{Errc::not_found, {}})};
    std::vector<Entry> entries{};
    std::string names{};
    std::uint32_t count = 0;     ///< of all entries
    std::int64_t newest_ns = 0;  ///< of the files at rest
    bool is_restless = false;

    void make(const FileSystem& disk);
    void show(const VisitedEntry& entry);
    [[nodiscard]] bool is_told(const VisitedEntry& file);
  };
  struct Polled {
    NodeId node;
    std::int64_t seen_ns;  ///< what changed later is found by the next look
  };
  struct Departed {
    std::uint32_t cookie;
    NodeId node;
    MonoTime due;  ///< when nobody waits any more for its arrival
  };
  struct Device {
    std::uint64_t number;
    bool reports_changes;
  };

  const FileSystem& files;
  TreeSource& source;
  TreeLimits limits;

  MonoTime now{};  ///< of this step
  WallTime wall{};
  bool has_stepped = false;

  TreeNodes nodes;
  std::vector<std::unique_ptr<Root>> roots;  ///< null where one was removed
  std::vector<Device> devices{{0, true}};
  std::size_t watches = 0;
  MonoTime watches_again{};  ///< until then the system has none to give

  std::deque<TreeEvent> batch;  ///< events that were taken and not dealt with
  bool batch_is_all = false;    ///< nothing had happened before `batch_wall` that is not in it
  WallTime batch_wall{};
  WallTime heard_until{};  ///< every event before it was dealt with
  MonoTime heard_at{};     ///< when that was
  WallTime good_until{};   ///< the same when nothing waited any more to be taken
  MonoTime good_at{};
  std::uint64_t last_event = 0;
  std::uint64_t overflows = 0;

  /// Changes to be taken; `watch` and `from_watch` are nodes here.
  MergedEvents pending;
  std::uint64_t popped = 0;

  std::vector<Look> enter;  ///< last in, first out
  std::vector<Look> sweep;  ///< likewise
  std::vector<Look> held;   ///< of directories that are on the move
  std::vector<LaterLook> later;
  std::vector<Departed> departed;
  std::vector<Polled> polled;
  std::size_t poll_next = 0;
  std::size_t poll_left = 0;  ///< of those that are polled now
  MonoTime poll_due{};
  std::optional<std::int64_t> oldest_poll_ns;  ///< of this step
  MonoTime roots_due{};
  std::uint32_t looks = 0;
  std::size_t work_left = 0;  ///< of this step

  // tree_watcher.cc
  void step();
  void note_told();
  [[nodiscard]] bool has_room() const { return pending.size() < limits.pending_max; }
  [[nodiscard]] TreeChange change(TreeEvent event) const;

  // tree_events.cc
  void take_events();
  void begin_batch();
  void lost_events();
  void on_event(TreeEvent& event);
  void on_entry(NodeId node, TreeEvent& event);
  void on_directory(NodeId node, TreeEvent& event);
  void on_arrival(NodeId node, const TreeEvent& event, const std::string& path);
  void on_departure(NodeId node, const TreeEvent& event);
  void on_moved(NodeId node);
  void on_unwatched(NodeId node);
  void drop_departed(MonoTime due);
  void release_held();
  void tell(NodeId node, TreeEvent event);

  // tree_looks.cc
  void do_looks();
  [[nodiscard]] bool do_next();
  [[nodiscard]] bool do_later();
  [[nodiscard]] bool do_poll();
  void do_pushed(std::vector<Look>& stack);
  void look(const Look& look);
  [[nodiscard]] std::optional<Visit> begin_visit(const Look& look);
  void make_visits(std::vector<Visit>& visits) const;
  void end_visit(const Visit& visit);
  void meet_directory(const Visit& visit, std::string_view name);
  [[nodiscard]] std::int64_t oldest_poll(std::int64_t here_ns);
  void tell_found(const Visit& visit, std::string_view name);
  void cut(const Visit& visit, std::uint32_t number);
  void rest(const Visit& visit);
  void drop_unseen(const Visit& visit);
  void try_again(Look look);
  void finish(const Look& look);
  void look_later(const Look& look, MonoTime due);
  void cannot_list(const Look& look, const Error& error);
  void enter_made(NodeId parent, std::string_view name, const std::string& path);
  [[nodiscard]] bool may_enter(const Root& root, const std::string& path);
  [[nodiscard]] NodeId add_child(NodeId parent, std::string_view name, Look::Why why,
                                 std::int64_t since_ns);
  [[nodiscard]] TreeNode::Place whole_place(NodeId node) const;

  // tree_watches.cc
  enum class Hold : std::uint8_t {
    yes,      ///< it is watched, or polled
    another,  ///< another directory has its path
    none,     ///< there is no directory
  };
  [[nodiscard]] Hold hold_watch(const Look& look, const std::string& path);
  [[nodiscard]] bool has_path(NodeId node, const std::string& path);
  [[nodiscard]] Hold refused(NodeId node, const Error& error);
  [[nodiscard]] bool take_over(NodeId owner, NodeId node);
  [[nodiscard]] bool is_below(NodeId node, NodeId above) const;
  void give_up_watch(NodeId owner, TreeNode::Watch instead);
  void poll(NodeId node);
  void stop_polling(NodeId node);
  void set_watching(NodeId node, TreeNode::Watch watching);
  void drop_watch(NodeId node);
  void note_device(NodeId node, std::uint64_t number, const std::string& path);
  void gone(const Look& look);
  void replaced(const Look& look);
  void leave(NodeId top);

  // tree_roots.cc
  [[nodiscard]] Root* find_root(const std::string& asked) const;
  void add_root(std::unique_ptr<Root> root);
  void remove_root(RootId id);
  void check_roots();
  void check_root(RootId id);
  void open_root(RootId id, std::string base);
  void close_root(Root& root);
  void recheck_roots_at(std::string_view path);
  void share_again();
  void start_sweeps();
  [[nodiscard]] bool is_other_root(std::string_view path);
  [[nodiscard]] NodeId find(std::string_view path) const;
};

/// File times stand still for up to a tick of the kernel's clock.
inline constexpr milliseconds kFileTimeGrain{10};

[[nodiscard]] inline std::int64_t unix_ns(WallTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

}  // namespace vigil::watcher
