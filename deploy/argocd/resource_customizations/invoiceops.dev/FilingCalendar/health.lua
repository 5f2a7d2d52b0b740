-- Health of a FilingCalendar. A calendar without a window ahead waits for its author, not for the operator.
local metadata = obj.metadata or {}
local status = obj.status or {}
if status.observedGeneration == nil or status.observedGeneration ~= metadata.generation then
  return { status = "Progressing", message = "the operator has not looked at this version of the object yet" }
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type or ""] = condition
end
local stalled, ready = conditions["Stalled"], conditions["Ready"]

if stalled ~= nil and stalled.status == "True" then
  return { status = "Degraded", message = stalled.message or "" }
end
if ready == nil or ready.status == "Unknown" then
  return { status = "Progressing", message = "the first look at the calendar is not complete" }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message or "" }
end
return { status = "Degraded", message = ready.message or "" }
