#include "api/assets.h"

extern "C" {
extern const char codman_index_html[], codman_index_html_end[];
extern const char codman_app_js[], codman_app_js_end[];
extern const char codman_app_css[], codman_app_css_end[];
}

namespace codman::api {
namespace {

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

const Asset* FindAsset(std::string_view path) {
  static const Asset index{"text/html; charset=utf-8",
                           Between(codman_index_html, codman_index_html_end)};
  static const Asset script{"text/javascript; charset=utf-8",
                            Between(codman_app_js, codman_app_js_end)};
  static const Asset style{"text/css; charset=utf-8", Between(codman_app_css, codman_app_css_end)};
  if (path == "/app.js") return &script;
  if (path == "/app.css") return &style;
  bool page = path == "/" || path == "/predict" || path.starts_with("/predict/") ||
              path == "/models" || path.starts_with("/models/");
  return page ? &index : nullptr;
}

}  // namespace codman::api
