// The style sheet of the evaluation page: the colours and sizes of the web UI, light and dark, and
// print.
#pragma once

namespace codman::evaluation {

inline constexpr char kReportStyle[] = R"css(
:root{color-scheme:light dark;--ink:#16202a;--muted:#5b6b7a;--surface:#fff;--raised:#f6f8fa;
--line:#d8dee4;
--accent:#0b6bcb;--second:#b5442d;--critical:#a3122a;--warning:#8a6100}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--muted:#8b9aa8;--surface:#0f151b;
--raised:#161d24;
--line:#2a333c;--accent:#58a6ff;--second:#f0876a;--critical:#a3122a;--warning:#e0a100}}
@media print{:root{color-scheme:light;--ink:#16202a;--muted:#5b6b7a;--surface:#fff;--raised:#f6f8fa;
--line:#d8dee4;
--accent:#0b6bcb;--second:#b5442d;--warning:#8a6100}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1120px;padding:24px 16px 48px;background:var(--surface);
color:var(--ink);
font:14px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums}
h1{font-size:20px;margin:0 0 4px}
h2{font-size:16px;margin:32px 0 8px;padding-top:16px;border-top:1px solid var(--line)}
h3{font-size:14px;margin:0 0 4px}
p{margin:0 0 8px;max-width:76ch}
.quiet{color:var(--muted);font-size:13px}
.banner{background:#a3122a;color:#fff;padding:8px 16px;margin:0 0 16px;font-weight:600;
-webkit-print-color-adjust:exact;print-color-adjust:exact}
.warnings{border-left:4px solid var(--warning);background:var(--raised);padding:8px 16px;
margin:16px 0}
.warnings ul{margin:4px 0;padding-left:20px}
dl.facts{display:grid;grid-template-columns:minmax(120px,max-content) 1fr;gap:4px 24px;margin:0}
dl.facts dt{color:var(--muted)}
dl.facts dd{margin:0}
@media (max-width:600px){dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin-bottom:8px}}
dl.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:16px 24px;
margin:8px 0}
dl.figures dt{color:var(--muted);font-size:13px}
dl.figures dd{margin:0}
dl.figures .value{font-size:28px;line-height:1.2}
dl.figures .range{display:block;color:var(--muted);font-size:13px}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:24px 40px}
.pair.single{grid-template-columns:minmax(0,1fr);max-width:520px}
@media (max-width:760px){.pair{grid-template-columns:minmax(0,1fr)}}
figure{margin:0;break-inside:avoid}
figcaption{color:var(--muted);font-size:13px;margin:4px 0}
svg.plot{display:block;width:100%;max-width:520px;height:auto}
svg text{font-size:12px;fill:var(--muted);font-family:inherit}
svg .axis-label{font-size:12px}
svg .grid{stroke:var(--line);stroke-width:1;fill:none}
svg .axis,svg .rule{stroke:var(--muted);stroke-width:1;fill:none}
svg .line{fill:none;stroke-width:2;stroke-linejoin:round}
svg .line.model{stroke:var(--accent)}
svg .line.second{stroke:var(--second)}
svg .line.reference{stroke:var(--muted);stroke-width:1.25;stroke-dasharray:5 4}
svg .line.mark{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3}
svg .dot{stroke:var(--surface);stroke-width:1.5}
svg .dot.model{fill:var(--accent)}
svg .dot.second{fill:var(--second)}
svg .whisker{stroke:var(--accent);stroke-width:1.25;fill:none}
svg .dot.cell{fill:var(--muted);fill-opacity:.3;stroke:none}
svg .bar{fill:var(--line)}
svg .bar.strong{fill:var(--accent);fill-opacity:.55}
svg .label{paint-order:stroke;stroke:var(--surface);stroke-width:3px;stroke-linejoin:round}
svg .label.model{fill:var(--accent)}
svg .label.second{fill:var(--second)}
svg .label.ink{fill:var(--ink)}
svg.interval{vertical-align:middle}
details{margin:4px 0 0}
summary{cursor:pointer;color:var(--accent);font-size:13px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;margin:8px 0}
caption{text-align:left;color:var(--muted);padding-bottom:4px}
th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-weight:600;vertical-align:bottom}
tbody th{font-weight:400;min-width:112px}
tbody th.n{min-width:0}
.n{text-align:right;white-space:nowrap}
footer{margin-top:32px;padding-top:16px;border-top:1px solid var(--line);color:var(--muted);
font-size:13px}
@media print{body{max-width:none;padding:0}details::details-content{content-visibility:visible;
height:auto}
summary{display:none}h2{break-after:avoid}.scroll{overflow:visible}}
)css";

}  // namespace codman::evaluation
