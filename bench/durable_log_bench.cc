// Times the durable log: threads that each append a record and wait until it is on stable storage.
// Prints one JSON object: records and CPU microseconds per record, the wait of a Sync, what one
// fdatasync of the same bytes takes in the same folder, and a digest of all that was read back.
//
// durable_log_bench FOLDER WRITERS RECORDS PAYLOAD_BYTES chained|plain|floor
//   floor: no log, one thread that writes and syncs the bare payloads, which no log can undercut
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cpu_clock.h"
#include "storage/durable_log.h"

namespace codman {
namespace {

struct Plan {
  std::string folder;
  int num_writers = 1;
  int num_records = 1000;
  size_t payload_bytes = 300;
  std::string kind;
};

std::string PayloadOf(const Plan& plan, int i) {
  std::string payload = format("{:08d}", i);
  payload.resize(std::max(payload.size(), plan.payload_bytes), 'x');
  return payload;
}

// Of this program alone: what the kernel counts for a child includes the parent it was forked from.
double PeakRssMb() {
  const std::string status =
      base::ReadFile("/proc/self/status").ok() ? *base::ReadFile("/proc/self/status") : "";
  const size_t at = status.find("VmHWM:");
  return at == std::string::npos ? 0 : std::strtod(status.c_str() + at + 6, nullptr) / 1024;
}

double Quantile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(part * static_cast<double>(values.size() - 1))];
}

// Microseconds of write and fdatasync, one value per call.
Result<std::vector<double>> WriteAndSync(const Plan& plan, const std::string& name, int count) {
  const std::string path = plan.folder + "/" + name;
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return base::Unavailable("cannot create " + path);
  std::vector<double> waits;
  bool written = true;
  for (int i = 0; i < count && written; ++i) {
    const std::string payload = PayloadOf(plan, i);
    const int64_t begin = base::MonotonicUs();
    written =
        write(descriptor, payload.data(), payload.size()) == static_cast<ssize_t>(payload.size()) &&
        fdatasync(descriptor) == 0;
    waits.push_back(static_cast<double>(base::MonotonicUs() - begin));
  }
  close(descriptor);
  if (!written) return base::Unavailable("cannot write " + path);
  return waits;
}

// Writer t appends records t, t + writers, t + 2·writers, …
Result<std::vector<double>> WriteLog(const Plan& plan, storage::DurableLog* log) {
  std::vector<std::vector<double>> waits(static_cast<size_t>(plan.num_writers));
  std::vector<Result<>> outcomes(static_cast<size_t>(plan.num_writers));
  const auto work = [&](int t) -> Result<> {
    for (int i = t; i < plan.num_records; i += plan.num_writers) {
      const std::string payload = PayloadOf(plan, i);
      const int64_t begin = base::MonotonicUs();
      TRY(log->Sync(TRY(log->Append(payload, base::NowUs()))));
      waits[static_cast<size_t>(t)].push_back(static_cast<double>(base::MonotonicUs() - begin));
    }
    return {};
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < plan.num_writers; ++t)
    threads.emplace_back([&, t] { outcomes[static_cast<size_t>(t)] = work(t); });
  for (std::thread& thread : threads) thread.join();
  for (Result<>& outcome : outcomes) TRY(std::move(outcome));
  std::vector<double> all;
  for (const auto& each : waits) all.insert(all.end(), each.begin(), each.end());
  return all;
}

// Over the payloads in order of their text, so that the writers' turns do not matter.
Result<std::string> DigestOf(const Plan& plan, const storage::DurableLog& log) {
  std::vector<std::string> payloads;
  TRY(log.Read(1, [&](const storage::LogRecord& record) -> Result<> {
    payloads.emplace_back(record.payload);
    return {};
  }));
  const bool chained = plan.kind == "chained";
  if (TRY(storage::VerifyLog(plan.folder + "/log", chained, {})) != payloads.size())
    return base::DataQuality("the log does not verify");
  std::sort(payloads.begin(), payloads.end());
  return base::Sha256Hex(base::Join(payloads, ""));
}

Result<> Run(const Plan& plan) {
  TRY(base::RemoveTree(plan.folder));
  TRY(base::MakeFolders(plan.folder));
  const auto probe = TRY(WriteAndSync(plan, "probe", 100));
  std::unique_ptr<storage::DurableLog> log;
  if (plan.kind != "floor") {
    log = TRY(storage::DurableLog::Open(plan.folder + "/log", {.chained = plan.kind == "chained"}));
  }
  const double cpu = CpuSeconds();
  const int64_t begin = base::MonotonicUs();
  const auto waits = log == nullptr ? TRY(WriteAndSync(plan, "floor", plan.num_records))
                                    : TRY(WriteLog(plan, log.get()));
  const double seconds = 1e-6 * static_cast<double>(base::MonotonicUs() - begin);
  const double cpu_us = 1e6 * (CpuSeconds() - cpu) / plan.num_records;
  std::string digest;
  if (log != nullptr) digest = TRY(DigestOf(plan, *log));
  fmt::print("{}\n", Json::Object({{"writers", plan.num_writers},
                                   {"records_per_s", plan.num_records / seconds},
                                   {"cpu_us_per_record", cpu_us},
                                   {"sync_us_median", Quantile(waits, 0.5)},
                                   {"sync_us_p99", Quantile(waits, 0.99)},
                                   {"fdatasync_us_median", Quantile(probe, 0.5)},
                                   {"peak_rss_mb", PeakRssMb()},
                                   {"digest", digest}})
                         .ToString());
  return base::RemoveTree(plan.folder);
}

Result<Plan> ReadPlan(int argc, char** argv) {
  const auto usage = base::InvalidInput(
      "usage: durable_log_bench FOLDER WRITERS RECORDS PAYLOAD_BYTES chained|plain|floor");
  if (argc != 6) return usage;
  const auto writers = base::ParseInt(argv[2]), records = base::ParseInt(argv[3]),
             bytes = base::ParseInt(argv[4]);
  if (writers.value_or(0) < 1 || records.value_or(0) < 1 || bytes.value_or(-1) < 0) return usage;
  return Plan{argv[1], static_cast<int>(*writers), static_cast<int>(*records),
              static_cast<size_t>(*bytes), argv[5]};
}

}  // namespace
}  // namespace codman

int main(int argc, char** argv) {
  auto plan = codman::ReadPlan(argc, argv);
  auto done = plan.ok() ? codman::Run(*plan) : codman::Result<>(plan.error());
  if (done.ok()) return 0;
  fmt::print(stderr, "durable_log_bench: {}\n", done.error().ToString());
  return 1;
}
