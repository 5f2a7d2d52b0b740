import { REPORTER } from "../../kube/events.ts";
import type { Event } from "../../kube/resource.ts";

/** Events beyond this are left out, oldest first. */
const MOST_EVENTS = 500;

/**
 * The Events about an InvoiceService or a FilingCalendar, whoever reports them, and those that the operator reports about
 * something else, such as a Deployment whose count it leaves as it is. Oldest first; the newest 500.
 */
export function ownEvents(events: readonly Event[]): Event[] {
  return events
    .filter(isOurs)
    .toSorted((a, b) => lastSeen(a) - lastSeen(b))
    .slice(-MOST_EVENTS);
}

function isOurs({ regarding, reportingController }: Event): boolean {
  return regarding?.apiVersion?.startsWith("invoiceops.dev/") === true || reportingController === REPORTER;
}

/** When it was seen last, ms since the epoch; 0 when the Event does not say. Those of older reporters have no eventTime. */
function lastSeen({ series, eventTime, deprecatedLastTimestamp, metadata }: Event): number {
  const at = series?.lastObservedTime ?? eventTime ?? deprecatedLastTimestamp ?? metadata.creationTimestamp;
  return at === undefined ? 0 : Date.parse(at);
}
