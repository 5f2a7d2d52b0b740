-- Holds a floor of so many replicas for some minutes, whatever else is planned. The floor ends by itself.
local os = require("os")

-- RFC 3339 in UTC. os.date with a moment of its own answers in the zone of the machine, whatever is asked for.
local function timestamp(seconds)
  local days, rest = (seconds - seconds % 86400) / 86400, seconds % 86400
  local year = 1970
  local function leap()
    return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
  end
  while days >= (leap() and 366 or 365) do
    days = days - (leap() and 366 or 365)
    year = year + 1
  end
  local lengths = { 31, leap() and 29 or 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
  local month = 1
  while days >= lengths[month] do
    days = days - lengths[month]
    month = month + 1
  end
  local function two(number)
    return (number < 10 and "0" or "") .. number
  end
  local hour, minute = (rest - rest % 3600) / 3600, (rest % 3600 - rest % 60) / 60
  local date = year .. "-" .. two(month) .. "-" .. two(days + 1)
  return date .. "T" .. two(hour) .. ":" .. two(minute) .. ":" .. two(rest % 60) .. "Z"
end

local replicas = tonumber(actionParams["replicas"] or "")
if replicas == nil or replicas % 1 ~= 0 or replicas < 1 or replicas > 100000 then
  error("replicas: give a whole number from 1 to 100000", 0)
end
local minutes = tonumber(actionParams["minutes"] or 60)
if minutes == nil or minutes % 1 ~= 0 or minutes < 1 or minutes > 10080 then
  error("minutes: give a whole number from 1 to 10080, which is a week", 0)
end

if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["invoiceops.dev/prewarm"] = replicas .. " until " .. timestamp(os.time() + minutes * 60)
return obj
