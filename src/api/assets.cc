#include "api/assets.h"

extern "C" {
extern const char codman_index_html[], codman_index_html_end[];
extern const char codman_app_js[], codman_app_js_end[];
extern const char codman_app_css[], codman_app_css_end[];
extern const char codman_icon_svg[], codman_icon_svg_end[];
extern const char codman_schemas_yaml[], codman_schemas_yaml_end[];
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
  static const Asset icon{"image/svg+xml", Between(codman_icon_svg, codman_icon_svg_end)};
  if (path == "/app.js") return &script;
  if (path == "/app.css") return &style;
  if (path == "/icon.svg") return &icon;
  static constexpr const char* kPages[] = {"/predict", "/predictions", "/models",
                                           "/runs",    "/data",        "/docs"};
  bool page = path == "/";
  for (std::string_view own : kPages)
    page = page || path == own || (path.starts_with(own) && path[own.size()] == '/');
  return page ? &index : nullptr;
}

std::string_view SchemasYaml() { return Between(codman_schemas_yaml, codman_schemas_yaml_end); }

}  // namespace codman::api
