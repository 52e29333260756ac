#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <set>

#include "engine/delta_fixture_internal.h"
#include "engine/delta_optimize.h"
#include "engine/delta_vacuum.h"

// Several processes on one table. The writers are this program again, told by its environment to
// write instead of to test; expected values are the numbers that they were told to write.
extern char** environ;

namespace codman::engine {
namespace {

constexpr char kRootVariable[] = "CODMAN_DELTA_WRITER_ROOT";
constexpr char kFirstVariable[] = "CODMAN_DELTA_WRITER_FIRST";
constexpr char kCommitsVariable[] = "CODMAN_DELTA_WRITER_COMMITS";

int64_t NumberOf(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? 0 : std::atoll(text);
}

// Each commit holds two rows, id and -id, so that half a commit would show.
Result<> WriteCommits(const std::string& root) {
  DeltaTable table(root, kDeltaSchema);
  auto engine = TRY(SqlEngine::Open({.num_threads = 1}));
  int64_t first = NumberOf(kFirstVariable);
  for (int64_t id = first; id < first + NumberOf(kCommitsVariable); ++id) {
    auto adds = TRY(table.WriteFile(
        engine.get(), format("select unnest([{0}, -{0}])::bigint as id, 1.5::double as level, 'n' "
                             "as name, true as flag, make_timestamptz({0}) as at",
                             id)));
    TRY(table.Commit(TRY(table.Load()), {.adds = adds, .txns = {{format("writer{}", first), id}}}));
  }
  return {};
}

class WriterProcess : public testing::Environment {
 public:
  void SetUp() override {
    const char* root = std::getenv(kRootVariable);
    if (root == nullptr) return;
    auto done = WriteCommits(root);
    if (!done.ok()) std::fprintf(stderr, "%s\n", done.error().ToString().c_str());
    _exit(done.ok() ? 0 : 1);
  }
};
[[maybe_unused]] const auto* const kWriterProcess =
    testing::AddGlobalTestEnvironment(new WriterProcess);

class DeltaProcessesTest : public DeltaFixture {
 protected:
  pid_t StartWriter(int64_t first, int64_t commits) {
    std::vector<std::string> variables = {format("{}={}", kRootVariable, root_),
                                          format("{}={}", kFirstVariable, first),
                                          format("{}={}", kCommitsVariable, commits)};
    std::vector<char*> environment;
    for (auto& variable : variables) environment.push_back(variable.data());
    for (char** each = environ; *each != nullptr; ++each) environment.push_back(*each);
    environment.push_back(nullptr);
    char name[] = "writer";
    char* arguments[] = {name, nullptr};
    pid_t pid = -1;
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    EXPECT_EQ(posix_spawn(&pid, "/proc/self/exe", &quiet, nullptr, arguments, environment.data()),
              0);
    posix_spawn_file_actions_destroy(&quiet);
    return pid;
  }
  static int Wait(pid_t pid) {
    int status = -1;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    return status;
  }
  // Sees whole commits only, and nothing of an earlier look is gone.
  void Look(const DeltaTable& table, DeltaSnapshot* last) {
    auto now = table.Load();
    ASSERT_TRUE(now.ok()) << now.error().ToString();
    EXPECT_GE(now->version, last->version);
    std::set<std::string> paths;
    for (const auto& file : now->files) paths.insert(file.path);
    for (const auto& file : last->files) EXPECT_EQ(paths.count(file.path), 1u);
    EXPECT_EQ(int64_t(now->files.size()), now->version + 1) << "one file a commit";
    auto sums = Must(engine_->QueryAll("select count(*), coalesce(sum(id), 0)::bigint from (" +
                                       table.SelectAll(*now) + ")"));
    EXPECT_EQ(sums.columns[0].ints[0], 2 * (now->version + 1));
    EXPECT_EQ(sums.columns[1].ints[0], 0) << "half a commit";
    *last = std::move(*now);
  }
};

TEST_F(DeltaProcessesTest, ThreeWritersOfFiftyCommitsLoseNone) {
  DeltaTable table(root_, kDeltaSchema);
  std::vector<pid_t> writers = {StartWriter(1000, 50), StartWriter(2000, 50),
                                StartWriter(3000, 50)};
  DeltaSnapshot last;
  int looks = 0;
  while (last.version < 149 && looks < 10'000) {
    Look(table, &last);
    ++looks;
    if (HasFatalFailure()) break;
  }
  for (pid_t pid : writers) EXPECT_EQ(Wait(pid), 0);
  EXPECT_GT(looks, 3);
  auto newest = Must(table.Load());
  EXPECT_EQ(newest.version, 149);
  EXPECT_EQ(newest.checkpoint_version, 140);
  for (int64_t first : {1000, 2000, 3000})
    EXPECT_EQ(newest.txns.at(format("writer{}", first)), first + 49);
  EXPECT_EQ(Must(engine_->QueryInt("select count(distinct id) from (" + table.SelectAll(newest) +
                                   ") where abs(id) % 1000 < 50")),
            300);
  ExpectDuckDbReadsTheSame(table);
}

TEST_F(DeltaProcessesTest, KilledWritersLeaveOnlyIgnoredOrphans) {
  DeltaTable table(root_, kDeltaSchema);
  DeltaSnapshot last;
  for (int round = 0; round < 12; ++round) {
    pid_t writer = StartWriter(1000 * (round + 1), 1'000'000);
    // Into the middle of its commits: later in each round.
    int64_t wanted = last.version + 1 + round % 4;
    for (int i = 0; i < 20'000 && Must(table.Load()).version < wanted; ++i) usleep(200);
    usleep(static_cast<useconds_t>(round * 700));
    ASSERT_EQ(kill(writer, SIGKILL), 0);
    Wait(writer);
    Look(table, &last);
    ASSERT_GE(last.version, wanted);
  }
  std::set<std::string> live;
  for (const auto& file : last.files) live.insert(file.path);
  auto files = Must(base::ListTree(root_));
  std::vector<std::string> orphans;
  for (const auto& path : files) {
    if (!path.starts_with("_delta_log/") && live.count(path) == 0) orphans.push_back(path);
  }
  EXPECT_THAT(Must(Vacuum(table, {})).data_files, testing::IsEmpty()) << "they are young";
  auto report = Must(Vacuum(table, {.now_us = base::NowUs() + 200 * base::kHourUs}));
  EXPECT_EQ(report.data_files, orphans) << "exactly what no commit names";
  Look(table, &last);
  Must(Optimize(engine_.get(), table, {}));
  EXPECT_EQ(
      Must(engine_->QueryInt("select count(*) from (" + table.SelectAll(Must(table.Load())) + ")")),
      2 * (last.version + 1));
}

}  // namespace
}  // namespace codman::engine
