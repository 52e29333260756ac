#include <unistd.h>

#include <cstdio>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"

namespace codman::cli {
namespace {

constexpr int kBarWidth = 28;

void DrawBar(const std::string& doing, double done, int64_t began_us) {
  double seconds = static_cast<double>(base::MonotonicUs() - began_us) * 1e-6;
  int filled = static_cast<int>(done * kBarWidth);
  std::string bar(static_cast<size_t>(filled), '#');
  bar.resize(kBarWidth, '.');
  std::string rest = done >= 1      ? format("{:.1f} s", seconds)
                     : done <= 0.01 ? ""
                                    : format("{:.0f} s left", seconds / done - seconds);
  std::fputs(format("\r{:<22} [{}] {:3.0f}% {:<14}", doing, bar, done * 100, rest).c_str(), stderr);
  if (done >= 1) std::fputc('\n', stderr);
}

}  // namespace

std::function<void(double)> ProgressBar(const std::string& doing, const GlobalOptions& global) {
  if (global.json) return [](double) {};
  bool terminal = isatty(STDERR_FILENO) == 1;
  struct State {
    int64_t began_us = base::MonotonicUs(), drawn_us = 0;
    int tenths = -1;
    bool ended = false;
  };
  auto state = std::make_shared<State>();
  return [doing, terminal, state](double done) {
    if (state->ended) return;
    done = std::min(done, 1.0);
    state->ended = done >= 1;
    int64_t now = base::MonotonicUs();
    if (terminal) {
      if (!state->ended && now - state->drawn_us < 100 * 1000) return;
      state->drawn_us = now;
      DrawBar(doing, done, state->began_us);
    } else if (state->ended) {
      std::fputs(
          format("{}: done in {:.1f} s\n", doing, double(now - state->began_us) * 1e-6).c_str(),
          stderr);
    }
  };
}

void Print(const GlobalOptions& global, const std::string& text, const Json& json) {
  std::string out = global.json ? json.ToPrettyString() : text;
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

}  // namespace codman::cli
