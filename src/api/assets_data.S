# The built files of web/dist and schemas.yaml, byte for byte.
    .section .rodata
    .global codman_index_html
    .global codman_index_html_end
codman_index_html:
    .incbin "index.html"
codman_index_html_end:
    .byte 0
    .global codman_app_js
    .global codman_app_js_end
codman_app_js:
    .incbin "app.js"
codman_app_js_end:
    .byte 0
    .global codman_app_css
    .global codman_app_css_end
codman_app_css:
    .incbin "app.css"
codman_app_css_end:
    .byte 0
    .global codman_icon_svg
    .global codman_icon_svg_end
codman_icon_svg:
    .incbin "icon.svg"
codman_icon_svg_end:
    .byte 0
    .global codman_schemas_yaml
    .global codman_schemas_yaml_end
codman_schemas_yaml:
    .incbin "schemas.yaml"
codman_schemas_yaml_end:
    .byte 0
    .section .note.GNU-stack,"",@progbits
