-- What a user may do to an InvoiceService from Argo CD. Every action sets or removes one annotation, which stands
-- beside the manifest in Git and so survives the next sync.
local annotations = (obj.metadata or {}).annotations or {}
local paused = annotations["invoiceops.dev/paused"]

return {
  pause = {
    displayName = "Pause (freeze the floor, 60 minutes)",
    iconClass = "fa fa-pause",
    params = { { name = "minutes" } },
  },
  resume = {
    displayName = "Resume",
    iconClass = "fa fa-play",
    disabled = paused == nil or paused == "false",
  },
  prewarm = {
    displayName = "Pre-warm (hold so many replicas, 60 minutes)",
    iconClass = "fa fa-fire",
    params = { { name = "replicas" }, { name = "minutes" } },
  },
  refresh = {
    displayName = "Refresh (look again, try again)",
    iconClass = "fa fa-refresh",
  },
  rotate = {
    displayName = "Rotate certificates (not yet: this version has none)",
    iconClass = "fa fa-key",
  },
}
