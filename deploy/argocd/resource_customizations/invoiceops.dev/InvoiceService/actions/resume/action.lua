-- Ends a pause.
if obj.metadata.annotations ~= nil then
  obj.metadata.annotations["invoiceops.dev/paused"] = nil
end
return obj
