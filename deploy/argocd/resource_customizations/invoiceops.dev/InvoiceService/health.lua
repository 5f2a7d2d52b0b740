-- Health of an InvoiceService, as its conditions tell it (kstatus words: Reconciling means wait, Stalled means that
-- somebody has to edit something). It runs with the base and table libraries alone, and must not fail on any object.
local metadata = obj.metadata or {}
local status = obj.status or {}
if status.observedGeneration == nil or status.observedGeneration ~= metadata.generation then
  return { status = "Progressing", message = "the operator has not looked at this version of the object yet" }
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type or ""] = condition
end
local function holds(name)
  return conditions[name] ~= nil and conditions[name].status == "True"
end
local function message(name)
  return conditions[name] ~= nil and conditions[name].message or ""
end

if holds("Stalled") then
  return { status = "Degraded", message = message("Stalled") }
end
if holds("Degraded") then
  return { status = "Degraded", message = message("Degraded") }
end
if holds("Reconciling") then
  return { status = "Progressing", message = message("Reconciling") }
end
-- Of this version it was seen, and no more: the conditions are on their way.
if conditions["Ready"] == nil then
  return { status = "Progressing", message = "the first evaluation is not complete" }
end
if not holds("Ready") then
  return { status = "Progressing", message = message("Ready") }
end
if status.phase == "Suspended" then
  return { status = "Suspended", message = message("FloorApplied") }
end
-- What is worth knowing of a healthy service: the coming peak does not fit under a limit.
if holds("CapacityShortfall") then
  return { status = "Healthy", message = message("CapacityShortfall") }
end
return { status = "Healthy", message = message("Ready") }
