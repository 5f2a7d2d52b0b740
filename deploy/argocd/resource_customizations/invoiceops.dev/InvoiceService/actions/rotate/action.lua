-- Asks for new certificates. This version of the operator has no certificates and does not look at the annotation yet.
local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["invoiceops.dev/rotate"] = os.date("!%Y-%m-%dT%XZ")
return obj
