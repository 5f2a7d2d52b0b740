-- Has the operator look again now, and try again what it had given up: the way out of a contested field that is mended.
local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["invoiceops.dev/refresh"] = os.date("!%Y-%m-%dT%XZ")
return obj
