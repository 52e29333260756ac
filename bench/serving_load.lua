-- The load of bench/serving.py: bodies of a file in turns, DEPTH of them in one write (pipelined).
local requests, at = {}, 0
local depth = tonumber(os.getenv("DEPTH") or "1")

init = function()
  local header = { ["Content-Type"] = "application/json" }
  if os.getenv("AUTHORIZATION") then header["Authorization"] = os.getenv("AUTHORIZATION") end
  for body in io.lines(os.getenv("BODIES")) do
    requests[#requests + 1] = wrk.format("POST", os.getenv("TARGET"), header, body)
  end
end

request = function()
  local parts = {}
  for i = 1, depth do
    at = at % #requests + 1
    parts[i] = requests[at]
  end
  return depth == 1 and parts[1] or table.concat(parts)
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "duration_us": %d, "p50_us": %.0f, "p99_us": %.0f, "max_us": %.0f, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
