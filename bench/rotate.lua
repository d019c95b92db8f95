-- What wrk asks for, and what it tells at the end.
-- BENCH_PATHS names a file with one path in each line; more than one are asked for in turn.
local paths = {}
for path in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = path end
wrk.path = paths[1]

if #paths > 1 then
  local requests, turn = {}, 0
  init = function()
    for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end
  end
  request = function()
    turn = turn % #requests + 1
    return requests[turn]
  end
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'BENCH {"requests": %d, "octets": %d, "microseconds": %d, "p50": %d, "p99": %d, '
      .. '"refused": %d, "broken": %d, "late": %d}\n',
    summary.requests, summary.bytes, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
