-- As rotate.lua, and counts the answers whose Cache-Status ends with a hit of the cache in front.
-- To look at each answer takes wrk time, so nothing else is measured by it.
local paths = {}
for path in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = path end

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

local requests, turn = {}, 0
function init()
  answers, hits, refused = 0, 0, 0
  for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function response(status, headers)
  answers = answers + 1
  if status ~= 200 then refused = refused + 1 end
  for name, value in pairs(headers) do
    if name:lower() == "cache-status" and value:find("; hit[^,]*$") then hits = hits + 1 end
  end
end

function done()
  local all, some, wrong = 0, 0, 0
  for _, thread in ipairs(threads) do
    all, some, wrong = all + thread:get("answers"), some + thread:get("hits"), wrong + thread:get("refused")
  end
  io.write(string.format('BENCH {"answers": %d, "hits": %d, "refused": %d}\n', all, some, wrong))
end
