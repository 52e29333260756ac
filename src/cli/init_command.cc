#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"

extern "C" {
extern const char codman_clinic_tar[], codman_clinic_tar_end[];
}

namespace codman::cli {
namespace {

constexpr size_t kTarBlock = 512;

// The template is the repository's clinic/ folder, embedded as a tar archive (ustar: name at 0,
// size in octal at 124, type at 156).
Result<int> WriteTemplate(const std::string& folder) {
  std::string_view tar(codman_clinic_tar,
                       static_cast<size_t>(codman_clinic_tar_end - codman_clinic_tar));
  int files = 0;
  for (size_t at = 0; at + kTarBlock <= tar.size() && tar[at] != '\0';) {
    std::string name(tar.substr(at, 100).data());
    size_t size = std::strtoul(std::string(tar.substr(at + 124, 12)).c_str(), nullptr, 8);
    bool is_file = tar[at + 156] == '0' || tar[at + 156] == '\0';
    at += kTarBlock;
    if (is_file) {
      std::string path = folder + "/" + name.substr(name.find('/') + 1);
      TRY(base::MakeFolders(path.substr(0, path.rfind('/'))));
      TRY(base::CreateFileExclusively(path, tar.substr(at, size)));
      ++files;
    }
    at += (size + kTarBlock - 1) / kTarBlock * kTarBlock;
  }
  return files;
}

}  // namespace

std::function<Result<>()> SetupInit(CLI::App* app, GlobalOptions* global) {
  auto folder = std::make_shared<std::string>();
  app->add_option("folder", *folder, "new clinic folder")->required();
  return [=]() -> Result<> {
    if (base::FileExists(*folder))
      return base::Conflict(format("{} exists already; choose another name", *folder));
    int files = TRY(WriteTemplate(*folder));
    Print(*global,
          format("{}: {} declarations written. Next: codman check --clinic {}\n", *folder, files,
                 *folder),
          Json::Object({{"folder", *folder}, {"files", files}}));
    return {};
  };
}

}  // namespace codman::cli
