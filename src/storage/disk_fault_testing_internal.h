// Disks that fail, for the tests of this room: each in a child process, because limits and rights
// belong to a process.
#pragma once

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

namespace codman::storage {

// What `body` returned in a child process: "" = all was well there.
inline std::string InChild(const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const std::string text = body();
    const bool told = write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char bytes[1024];
  for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;)
    text.append(bytes, static_cast<size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) text += " (the child died)";
  return text;
}

// From now on no file of this process grows beyond `bytes`: write(2) fails with EFBIG as a full
// disk makes it fail with ENOSPC.
inline bool LimitFiles(rlim_t bytes) {
  const rlimit limit{bytes, RLIM_INFINITY};
  return signal(SIGXFSZ, SIG_IGN) != SIG_ERR && setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

inline bool LiftFileLimit() {
  const rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

// From now on rights count for this process, also where the tests run as root.
inline bool BecomeNobody() {
  if (geteuid() != 0) return true;
  return setgid(65534) == 0 && setuid(65534) == 0;
}

}  // namespace codman::storage
